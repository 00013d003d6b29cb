// The end of `train` and `quantize` on a terminal: accuracies side by side, files, speed, and the worst layers.

import type { ErrorReport } from '../engine/error-analysis/report.ts';
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

/** The layers that add the most error themselves, the worst first. */
export function worstLayers({ layers }: ErrorReport, count: number): string {
  const worst = layers
    .filter(({ local }) => local.sqnr !== null)
    .sort((a, b) => (a.local.sqnr ?? 0) - (b.local.sqnr ?? 0))
    .slice(0, count);
  const rows = worst.map(({ name, op, local, accumulated }) => [
    name,
    op,
    decibel(local.sqnr),
    decibel(accumulated.sqnr),
    local.rmseOverScale.toFixed(3),
  ]);
  const head = ['worst layers', 'op', 'SQNR here, dB', 'so far, dB', 'RMSE, steps'];
  return formatTable(head, rows, ['left', 'left', 'right', 'right', 'right']);
}

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
