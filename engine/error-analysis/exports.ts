// An error report for other programs: a table for spreadsheets, and node data for Model Explorer.

import type { ErrorReport, LayerError } from './report.ts';

type Cell = string | number | null | undefined;

/** One column a metric; SQNR in dB, empty where a layer has no error at all. */
const COLUMNS: Readonly<Record<string, (layer: LayerError) => Cell>> = {
  layer: ({ name }) => name,
  op: ({ op }) => op,
  output: ({ output }) => output,
  keras_layers: ({ layers }) => layers.join(' '),
  local_sqnr: ({ local }) => local.sqnr,
  local_rmse_over_scale: ({ local }) => local.rmseOverScale,
  local_cosine: ({ local }) => local.cosine,
  local_bias: ({ local }) => local.bias,
  local_max_error: ({ local }) => local.maxError,
  accumulated_sqnr: ({ accumulated }) => accumulated.sqnr,
  accumulated_rmse_over_scale: ({ accumulated }) => accumulated.rmseOverScale,
  accumulated_cosine: ({ accumulated }) => accumulated.cosine,
  accumulated_bias: ({ accumulated }) => accumulated.bias,
  accumulated_max_error: ({ accumulated }) => accumulated.maxError,
  saturated: ({ saturated }) => saturated,
  range_used: ({ rangeUsed }) => rangeUsed,
  scale: ({ scale }) => scale,
  zero_point: ({ zeroPoint }) => zeroPoint,
  accumulator_bits: ({ accumulatorBits }) => accumulatorBits,
  not_finite: ({ notFinite }) => notFinite,
  effect_restored: ({ effect }) => effect?.restored,
  effect_alone: ({ effect }) => effect?.alone,
  file: ({ source }) => source?.file,
  line: ({ source }) => source?.line,
};

/** Comma-separated values (RFC 4180) with a head, the layers in the order in which they run. */
export function reportAsCsv({ layers }: ErrorReport): string {
  const rows = layers.map((layer) => Object.values(COLUMNS).map((cell) => cell(layer)));
  return [Object.keys(COLUMNS), ...rows].map((cells) => `${cells.map(csvCell).join(',')}\n`).join('');
}

function csvCell(cell: Cell): string {
  const text = String(cell ?? '');
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** What a layer without any error shows on a scale of dB: float32 itself has about 150. */
const EXACT = 150;

const RED_TO_GREEN = [
  { stop: 0, bgColor: '#d73027' },
  { stop: 0.5, bgColor: '#fee08b' },
  { stop: 1, bgColor: '#1a9850' },
];
const GREEN_TO_RED = RED_TO_GREEN.map(({ stop, bgColor }) => ({ stop: 1 - stop, bgColor })).reverse();

/** Metrics that Model Explorer may show, and whether more is better. */
const NODE_METRICS: Readonly<Record<string, readonly [value: (layer: LayerError) => number, higherIsBetter: boolean]>> =
  {
    'local-sqnr': [({ local }) => local.sqnr ?? EXACT, true],
    'accumulated-sqnr': [({ accumulated }) => accumulated.sqnr ?? EXACT, true],
    'rmse-over-scale': [({ local }) => local.rmseOverScale, false],
    saturated: [({ saturated }) => saturated, false],
  };

export const NODE_METRIC_NAMES: readonly string[] = Object.keys(NODE_METRICS);

/**
 * Node data of Model Explorer (JSON): one number a layer, by the name of its output in the `.tflite`, the worst red. SQNR is in dB.
 */
export function modelExplorerNodeData({ layers }: ErrorReport, metric = 'local-sqnr'): object {
  const [value, higherIsBetter] = NODE_METRICS[metric];
  const results = Object.fromEntries(layers.map((layer) => [layer.output ?? layer.name, { value: value(layer) }]));
  return { main: { results, gradient: higherIsBetter ? RED_TO_GREEN : GREEN_TO_RED } };
}
