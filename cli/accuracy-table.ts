// The end of `train` and `quantize` on a terminal: accuracies side by side, files, speed, and the worst layers.

import type { ErrorReport, LayerError } from '../engine/error-analysis/report.ts';
import { formatBytes, formatRate, formatScore } from '../host/runs/format.ts';
import type { RunRecord } from '../protocol/run-record.ts';
import { formatTable } from './table.ts';

export function accuracyTable({ scores, files }: RunRecord): string {
  if (!scores) return 'No accuracy was measured: the config names no validation data.';
  const size = (model: string): string => {
    const file = files.find((each) => each.model === model);
    return file ? formatBytes(file.bytes) : '';
  };
  const score = (value: number): string => formatScore(scores.metric, value);
  const rows = [
    ['float', score(scores.float), size('float')],
    ['post-training int8', score(scores.ptq), size('ptq')],
  ];
  if (scores.qat) {
    rows.push(['QAT int8', score(scores.qat.int8), size('qat')]);
    rows.push(['QAT fake-quantized', score(scores.qat.fakeQuant), '']);
  }
  return formatTable(['model', scores.title, '.tflite'], rows, ['left', 'right', 'right']);
}

/** The layers that add the most error themselves, the worst first; where it was measured, those that cost the most. */
export function worstLayers({ layers, sensitivity }: ErrorReport, count: number): string {
  const cost = ({ effect }: LayerError): number => effect?.restored ?? Number.NEGATIVE_INFINITY;
  const noise = ({ local }: LayerError): number => local.sqnr ?? Number.POSITIVE_INFINITY;
  const worst = layers
    .filter(({ local }) => local.sqnr !== null)
    .sort((a, b) => (sensitivity ? cost(b) - cost(a) : 0) || noise(a) - noise(b))
    .slice(0, count);
  const rows = worst.map(({ name, op, local, accumulated, effect }) => [
    name,
    op,
    decibel(local.sqnr),
    decibel(accumulated.sqnr),
    local.rmseOverScale.toFixed(3),
    ...(sensitivity ? [points(effect?.restored), points(effect?.alone)] : []),
  ]);
  const effects = sensitivity ? ['regained in float', 'lost alone'] : [];
  const head = ['worst layers', 'op', 'SQNR here, dB', 'so far, dB', 'RMSE, steps', ...effects];
  return formatTable(head, rows, ['left', 'left', ...head.slice(2).map(() => 'right' as const)]);
}

/** Hundredths of a score, with a sign. */
const points = (share: number | undefined): string =>
  share === undefined ? '' : `${share > 0 ? '+' : ''}${(100 * share).toFixed(2)}`;

export function speedLine({ speed }: RunRecord): string | undefined {
  if (!speed) return undefined;
  const parts = [
    speed.trainingImagesPerSecond === undefined
      ? []
      : [`training ${formatRate(speed.trainingImagesPerSecond)} images/s`],
    speed.floatPerSecond === undefined ? [] : [`float ${formatRate(speed.floatPerSecond)} inferences/s`],
    speed.int8PerSecond === undefined ? [] : [`int8 simulator ${formatRate(speed.int8PerSecond)} inferences/s`],
  ].flat();
  return parts.length === 0 ? undefined : `Speed: ${parts.join(', ')}.`;
}

const decibel = (value: number | null): string => (value === null ? 'exact' : value.toFixed(1));
