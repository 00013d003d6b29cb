// Runs side by side on a terminal: each run has a letter, so that columns stay narrow however runs are named.

import type { MetricName } from '../engine/config/schema.ts';
import { formatBytes, formatRate, formatScore } from '../host/runs/format.ts';
import { type DiffLine, withContext } from '../protocol/line-diff.ts';
import type { LayerRow, NumberRow, RunComparison, RunToCompare, SourceChange } from '../protocol/run-comparison.ts';
import { type Align, formatTable } from './table.ts';
import { stdoutColors } from './terminal.ts';

/** Layers that are shown unless all are asked for. */
const LAYERS = 10;
/** Longest value of a key of the config that is shown. Characters. */
const WIDEST = 40;
/** Equal lines about a changed one. */
const CONTEXT = 2;

export function comparisonText(runs: readonly RunToCompare[], comparison: RunComparison, allLayers: boolean): string {
  const letters = runs.map((_, index) => letter(index));
  return [
    legend(runs),
    resultTable(comparison, letters),
    ...layerParts(comparison.layers, letters, allLayers),
    ...configParts(comparison, letters),
    ...comparison.sources.map((change) => sourceText(change, letters)),
  ].join('\n');
}

const letter = (index: number): string => (index < 26 ? String.fromCharCode(65 + index) : `R${index + 1}`);

function legend(runs: readonly RunToCompare[]): string {
  return runs
    .map(({ record: { id, label, kind, status, revision, kernels } }, index) => {
      const name = label === undefined ? id : `${label} (${id})`;
      const commit = revision === undefined ? [] : [`commit ${revision}`];
      const scored = kernels === undefined ? [] : [`int8 by the ${kernels} kernels`];
      return `${letter(index)}  ${[name, kind, status, ...commit, ...scored].join(', ')}`;
    })
    .join('\n');
}

function resultTable({ results, metric }: RunComparison, letters: readonly string[]): string {
  const rows = results.map((row) => [
    row.unit === 'score' && metric ? `${row.title}, ${metric.title}` : row.title,
    ...row.values.map((value) => numberText(row, value, metric?.name)),
    ...(letters.length === 2 ? [changeText(row, metric?.name)] : []),
  ]);
  return table('', letters, rows, letters.length === 2 ? ['change'] : []);
}

function numberText({ unit }: NumberRow, value: number | null, metric: string | undefined): string {
  if (value === null) return '–';
  switch (unit) {
    case 'score':
      return metric === undefined ? value.toPrecision(4) : formatScore(metric as MetricName, value);
    case 'share':
      return `${(100 * value).toFixed(2)} %`;
    case 'bytes':
      return formatBytes(value);
    case 'per second':
      return formatRate(value);
    case 'count':
      return Math.round(value).toLocaleString('en');
    case 'dB':
      return value.toFixed(1);
  }
}

/** Points of an accuracy, the ratio of others; a mark says which way is better, since not every terminal has colours. */
function changeText(row: NumberRow, metric: string | undefined): string {
  const { unit, higherIsBetter } = row;
  const [a, b] = row.values;
  if (a === null || b === null || numberText(row, a, metric) === numberText(row, b, metric)) return '';
  const better = higherIsBetter === null ? '' : b > a === higherIsBetter ? ' better' : ' worse';
  const sign = b > a ? '+' : '−';
  if (unit === 'share' || (unit === 'score' && metric === 'accuracy'))
    return `${sign}${(100 * Math.abs(b - a)).toFixed(2)} points${better}`;
  if (a === 0) return better.trim();
  return `${sign}${((100 * Math.abs(b - a)) / Math.abs(a)).toFixed(1)} %${better}`;
}

/** The layers whose own error changed most; of more than two runs those that are furthest apart. */
function layerParts(layers: readonly LayerRow[], letters: readonly string[], all: boolean): string[] {
  if (layers.length === 0) return [];
  const shown = all ? layers : layers.toSorted((a, b) => spread(b) - spread(a)).slice(0, LAYERS);
  const rows = shown.map(({ name, local, accumulated }) => [name, ...[...local, ...accumulated].map(decibels)]);
  const left = layers.length - shown.length;
  return [
    table(
      'SQNR, dB',
      letters.map((each) => `${each} here`),
      rows,
      letters.map((each) => `${each} so far`),
    ),
    ...(left > 0 ? [`${left} more layers changed less; --layers shows them.`] : []),
  ];
}

function spread({ local, accumulated }: LayerRow): number {
  const range = (values: readonly (number | null)[]): number => {
    const known = values.filter((value) => value !== null && Number.isFinite(value)) as number[];
    return known.length < 2 ? 0 : Math.max(...known) - Math.min(...known);
  };
  return Math.max(range(local), range(accumulated));
}

const decibels = (value: number | null): string =>
  value === null ? '–' : Number.isFinite(value) ? value.toFixed(1) : 'exact';

function configParts({ config }: RunComparison, letters: readonly string[]): string[] {
  if (config.length === 0) return ['The configs are the same.'];
  const rows = config.map(({ key, values }) => [key, ...values.map((value) => shorten(value ?? '–'))]);
  return [table('config', letters, rows, [], 'left')];
}

const shorten = (text: string): string => (text.length > WIDEST ? `${text.slice(0, WIDEST - 1)}…` : text);

function sourceText({ file, run, lines }: SourceChange, letters: readonly string[]): string {
  const shown = withContext(lines, CONTEXT).map((line) => (line === null ? stdoutColors.dim('  …') : lineText(line)));
  return [`${file}, from ${letters[0]} to ${letters[run]}:`, ...shown].join('\n');
}

function lineText({ kind, text }: DiffLine): string {
  if (kind === 'added') return stdoutColors.green(`+ ${text}`);
  return kind === 'removed' ? stdoutColors.red(`- ${text}`) : `  ${text}`;
}

function table(
  title: string,
  letters: readonly string[],
  rows: readonly (readonly string[])[],
  more: readonly string[],
  align: Align = 'right',
): string {
  const head = [title, ...letters, ...more];
  return formatTable(head, rows, ['left', ...head.slice(1).map(() => align)]);
}
