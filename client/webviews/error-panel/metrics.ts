// The columns of the error panel: what each number of a layer means, how it is written, and which direction is worse.
import type { LayerError } from '../../../engine/error-analysis/report.ts';
import { decibels, percent, significant } from '../shared/format.ts';

export interface Metric {
  readonly label: string;
  /** Shown as the column's tooltip and beside the value of the selected layer. */
  readonly help: string;
  value(layer: LayerError): number | null;
  format(value: number | null): string;
  readonly worse: 'low' | 'high';
  /** Columns that only a wide panel shows. */
  readonly wide?: boolean;
  /** Not every report has it: the column is there where a layer has. */
  measured?(layer: LayerError): boolean;
}

const number = (value: number | null): string => significant(value ?? Number.NaN);
const share = (value: number | null): string => percent(value ?? Number.NaN);
/** A layer without weights has no accumulator, and not every layer has an effect: nothing is written for it. */
const shareIfMeasured = (value: number | null): string => (value === null ? '' : percent(value));

export const METRICS = {
  local: {
    label: 'Local SQNR',
    help: 'Signal to quantization noise of this layer alone, fed exact inputs. Higher is better; 6 dB is one bit.',
    value: ({ local }) => local.sqnr,
    format: decibels,
    worse: 'low',
  },
  accumulated: {
    label: 'Accumulated SQNR',
    help: 'The same at this layer’s output with the whole model quantized: the errors of all layers before it included.',
    value: ({ accumulated }) => accumulated.sqnr,
    format: decibels,
    worse: 'low',
  },
  rmse: {
    label: 'RMSE / scale',
    help: 'Local error in steps of the output’s scale. Rounding alone gives 0.289; above 0.7 something else is wrong.',
    value: ({ local }) => local.rmseOverScale,
    format: number,
    worse: 'high',
  },
  saturated: {
    label: 'Saturated',
    help: 'Share of output values at an end of the range: more than a few percent means that the range clips.',
    value: ({ saturated }) => saturated,
    format: share,
    worse: 'high',
    wide: true,
  },
  rangeUsed: {
    label: 'Range used',
    help: 'Share of the codes between the smallest and the largest value seen: a low share wastes bits.',
    value: ({ rangeUsed }) => rangeUsed,
    format: share,
    worse: 'low',
    wide: true,
  },
  bias: {
    label: 'Bias',
    help: 'Mean local error, in real units: an error that does not average out.',
    value: ({ local }) => local.bias,
    format: number,
    worse: 'high',
    wide: true,
  },
  maxError: {
    label: 'Max error',
    help: 'Largest local error, in real units.',
    value: ({ local }) => local.maxError,
    format: number,
    worse: 'high',
    wide: true,
  },
  cosine: {
    label: 'Cosine',
    help: 'Cosine between the float and the integer output of the layer alone: 1 where they point the same way.',
    value: ({ local }) => local.cosine,
    format: (value) => (value === null ? number(value) : value.toFixed(5)),
    worse: 'low',
    wide: true,
  },
  restored: {
    label: 'Regained in float',
    help: 'Score that the quantized model regains if this layer alone is float. Measured by an inspection with sensitivity.',
    value: ({ effect }) => effect?.restored ?? null,
    format: shareIfMeasured,
    worse: 'high',
    measured: ({ effect }) => effect !== undefined,
  },
  alone: {
    label: 'Lost alone',
    help: 'Score that the float model loses if this layer alone is quantized. Measured by an inspection with sensitivity.',
    value: ({ effect }) => effect?.alone ?? null,
    format: shareIfMeasured,
    worse: 'high',
    measured: ({ effect }) => effect !== undefined,
  },
  accumulatorBits: {
    label: 'Accumulator bits',
    help: 'Bits that the accumulator needs at most, sign included, whatever the input: 32 are there.',
    value: ({ accumulatorBits }) => accumulatorBits ?? null,
    format: (value) => (value === null ? '' : String(value)),
    worse: 'high',
    wide: true,
    measured: ({ accumulatorBits }) => accumulatorBits !== undefined,
  },
} as const satisfies { readonly [id: string]: Metric };

export type MetricId = keyof typeof METRICS;
const METRIC_IDS = Object.keys(METRICS) as readonly MetricId[];
export const metric = (id: MetricId): Metric => METRICS[id];

/** Those that a report has. */
export const metricsOf = (layers: readonly LayerError[]): readonly MetricId[] =>
  METRIC_IDS.filter((id) => {
    const { measured } = metric(id);
    return !measured || layers.some(measured);
  });

export type Verdict = 'good' | 'fair' | 'poor';

/** Rounding alone gives 1/√12; twice that is more than rounding, and above 0.7 LiteRT's own guide suspects the layer. */
const FAIR = 0.5;
const POOR = 0.7;

export function verdict({ local, saturated, notFinite = 0 }: LayerError): Verdict {
  if (notFinite > 0) return 'poor';
  const rmse = local.rmseOverScale;
  if (!Number.isFinite(rmse) || rmse === null || rmse > POOR) return 'poor';
  return rmse > FAIR || saturated > 0.05 ? 'fair' : 'good';
}

/** A word and a shape beside the colour. */
export const VERDICTS: { readonly [V in Verdict]: { readonly word: string; readonly mark: string } } = {
  good: { word: 'only rounding', mark: '●' },
  fair: { word: 'more than rounding', mark: '▲' },
  poor: { word: 'loses accuracy', mark: '■' },
};

/** Length of a layer's bar, 0..1: longer is worse, whichever way the metric counts. */
export function badness(id: MetricId, value: number | null, all: readonly (number | null)[]): number {
  if (value === null) return id === 'local' || id === 'accumulated' || 'measured' in METRICS[id] ? 0 : 1;
  if (!Number.isFinite(value)) return 1;
  const finite = all.filter((each): each is number => each !== null && Number.isFinite(each));
  if (METRICS[id].worse === 'low') {
    if (id === 'local' || id === 'accumulated') return clamp(1 - value / Math.max(...finite, 1));
    return clamp(1 - value);
  }
  const largest = Math.max(...finite.map(Math.abs), Number.MIN_VALUE);
  return clamp(Math.abs(value) / largest);
}

const clamp = (value: number): number => Math.min(1, Math.max(0, value));
