// The rows of a comparison as text: how each number reads, which of them differ, and the lot as CSV.
import type { LayerRow, NumberRow, RunComparison } from '../../../protocol/run-comparison.ts';
import type { ComparedRun } from '../../../protocol/webview-messages.ts';
import { decibels, percent, significant } from '../shared/format.ts';

export interface Row {
  readonly label: string;
  readonly cells: readonly string[];
  /** The cells are not all the same. */
  readonly differs: boolean;
  /** Place of the best of them, where they differ and one is. */
  readonly best?: number;
}

const NOTHING = '–';

const row = (label: string, cells: readonly string[]): Row => ({ label, cells, differs: new Set(cells).size > 1 });

/** What the records say, before the numbers. */
export function aboutRows(runs: readonly ComparedRun[]): Row[] {
  const rows = [
    row(
      'status',
      runs.map(({ run }) => run.record.status),
    ),
    row(
      'target',
      runs.map(({ run }) => run.record.target),
    ),
    row(
      'kernels that scored',
      runs.map(({ run }) => run.record.kernels ?? NOTHING),
    ),
    row(
      'commit',
      runs.map(({ run }) => run.record.revision ?? NOTHING),
    ),
  ];
  return rows.filter(({ cells }) => cells.some((cell) => cell !== NOTHING));
}

export function numberRow(numbers: NumberRow, metric: RunComparison['metric']): Row {
  const { title, unit, values, higherIsBetter } = numbers;
  const label = unit === 'score' && metric ? `${title}, ${metric.title}` : title;
  const made = row(
    label,
    values.map((value) => numberText(numbers, value, metric)),
  );
  const known = values.filter((value) => value !== null);
  if (!made.differs || higherIsBetter === null || known.length < 2) return made;
  return { ...made, best: values.indexOf(higherIsBetter ? Math.max(...known) : Math.min(...known)) };
}

function numberText({ unit }: NumberRow, value: number | null, metric: RunComparison['metric']): string {
  if (value === null) return NOTHING;
  if (unit === 'share' || (unit === 'score' && metric?.name === 'accuracy')) return percent(value, 2);
  if (unit === 'bytes') return value < 1024 ? `${value} B` : `${(value / 1024).toFixed(1)} KiB`;
  if (unit === 'count') return Math.round(value).toLocaleString('en');
  return unit === 'dB' ? sqnr(value) : significant(value);
}

/** Each run's error of the layer alone, then each run's of all up to it: told apart, since the two always differ. */
export function layerRow({ name, local, accumulated }: LayerRow): Row {
  const [here, soFar] = [row(name, local.map(sqnr)), row(name, accumulated.map(sqnr))];
  return { label: name, cells: [...here.cells, ...soFar.cells], differs: here.differs || soFar.differs };
}

const sqnr = (value: number | null): string => {
  if (value === null) return NOTHING;
  return decibels(Number.isFinite(value) ? value : null);
};

export const textRow = ({ key, values }: RunComparison['config'][number]): Row =>
  row(
    key,
    values.map((value) => value ?? NOTHING),
  );

export function asCsv(heads: readonly string[], rows: readonly Row[]): string {
  const quote = (cell: string): string => (/[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
  return [['', ...heads], ...rows.map(({ label, cells }) => [label, ...cells])]
    .map((cells) => cells.map(quote).join(','))
    .join('\n')
    .concat('\n');
}
