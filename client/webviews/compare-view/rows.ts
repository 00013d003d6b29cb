// What stands beside what when runs are compared: scores and sizes, each layer's error, and what the configs differ in.
import type { RunModel } from '../../../protocol/run-record.ts';
import type { ComparedRun } from '../../../protocol/webview-messages.ts';
import { decibels, percent, significant } from '../shared/format.ts';

export interface Row {
  readonly label: string;
  readonly cells: readonly string[];
  /** The cells are not all the same. */
  readonly differs: boolean;
}

const NOTHING = '–';

function row(label: string, runs: readonly ComparedRun[], cell: (run: ComparedRun) => string | undefined): Row {
  const cells = runs.map((run) => cell(run) ?? NOTHING);
  return { label, cells, differs: new Set(cells).size > 1 };
}

export function resultRows(runs: readonly ComparedRun[]): Row[] {
  const score =
    (pick: (scores: NonNullable<ComparedRun['run']['record']['scores']>) => number | undefined) =>
    ({ run: { record } }: ComparedRun): string | undefined => {
      const value = record.scores && pick(record.scores);
      if (value === undefined) return undefined;
      return record.scores?.metric === 'accuracy' ? percent(value) : significant(value);
    };
  const bytes =
    (model: RunModel) =>
    ({ run: { record } }: ComparedRun): string | undefined => {
      const file = record.files.find((each) => each.model === model);
      return file && `${(file.bytes / 1024).toFixed(1)} KiB`;
    };
  const speed =
    (key: 'floatPerSecond' | 'int8PerSecond' | 'trainingImagesPerSecond') =>
    ({ run }: ComparedRun) => {
      const value = run.record.speed?.[key];
      return value === undefined ? undefined : significant(value);
    };
  return [
    row('Status', runs, ({ run }) => run.record.status),
    row('Target', runs, ({ run }) => run.record.target),
    row('Score by', runs, ({ run }) => run.record.scores?.title),
    row(
      'Float',
      runs,
      score(({ float }) => float),
    ),
    row(
      'int8 after training',
      runs,
      score(({ ptq }) => ptq),
    ),
    row(
      'int8 with QAT',
      runs,
      score(({ qat }) => qat?.int8),
    ),
    row(
      'Fake-quantized',
      runs,
      score(({ qat }) => qat?.fakeQuant),
    ),
    row('Size in float', runs, bytes('float')),
    row('Size after training', runs, bytes('ptq')),
    row('Size with QAT', runs, bytes('qat')),
    row('Float inferences/s', runs, speed('floatPerSecond')),
    row('int8 inferences/s', runs, speed('int8PerSecond')),
    row('Training images/s', runs, speed('trainingImagesPerSecond')),
  ].filter(({ cells }) => cells.some((cell) => cell !== NOTHING));
}

/** Layers of any of the runs, in the order of the first that has them; accumulated SQNR. */
export function layerRows(runs: readonly ComparedRun[]): Row[] {
  const names = new Set(runs.flatMap(({ report }) => report?.layers.map(({ name }) => name) ?? []));
  return [...names].map((name) =>
    row(name, runs, ({ report }) => {
      const layer = report?.layers.find((each) => each.name === name);
      return layer && decibels(layer.accumulated.sqnr);
    }),
  );
}

/** Only what the configs differ in. */
export function configRows(runs: readonly ComparedRun[]): Row[] {
  const keys = new Set(runs.flatMap(({ config }) => Object.keys(config)));
  return [...keys].map((key) => row(key, runs, ({ config }) => config[key])).filter(({ differs }) => differs);
}

export function asCsv(heads: readonly string[], rows: readonly Row[]): string {
  const quote = (cell: string): string => (/[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
  return [['', ...heads], ...rows.map(({ label, cells }) => [label, ...cells])]
    .map((cells) => cells.map(quote).join(','))
    .join('\n')
    .concat('\n');
}
