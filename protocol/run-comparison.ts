// Runs side by side: what they scored, cost and erred, and what their configs and sources differ in. The terminal and the
// compare panel show the same rows.

import type { ErrorReport } from '../engine/error-analysis/report.ts';
import { type DiffLine, diffLines } from './line-diff.ts';
import type { RunModel, RunRecord } from './run-record.ts';

/** A run with what it measured and how it was set up. */
export interface RunToCompare {
  readonly record: RunRecord;
  readonly report?: ErrorReport | undefined;
  /** Resolved config by dotted key. */
  readonly config: Readonly<Record<string, string>>;
  /** Texts that the run kept of its config and of its model's source, by their names. */
  readonly sources?: Readonly<Record<string, string>> | undefined;
}

/** How a number reads: a score in the unit of its metric, a share 0..1, bytes, a count, something a second, dB. */
export type Unit = 'score' | 'share' | 'bytes' | 'count' | 'per second' | 'dB';

export interface NumberRow {
  readonly title: string;
  readonly unit: Unit;
  /** One a run; null where the run has none. Of layers without any error too: infinite. */
  readonly values: readonly (number | null)[];
  /** Null where neither is better. */
  readonly higherIsBetter: boolean | null;
}

export interface LayerRow {
  /** Name of the op. */
  readonly name: string;
  /** SQNR in dB of the layer alone and of all up to it; null where the run has no such layer, infinite where it is exact. */
  readonly local: readonly (number | null)[];
  readonly accumulated: readonly (number | null)[];
}

export interface TextRow {
  readonly key: string;
  /** One a run; null where the run does not have the key. */
  readonly values: readonly (string | null)[];
}

export interface SourceChange {
  readonly file: string;
  /** Place of the run that is compared with the first. */
  readonly run: number;
  readonly lines: readonly DiffLine[];
}

export interface RunComparison {
  /** By which the scores are; null where the runs have several. */
  readonly metric: { readonly name: string; readonly title: string } | null;
  readonly results: readonly NumberRow[];
  readonly layers: readonly LayerRow[];
  /** Only keys in which the runs differ. */
  readonly config: readonly TextRow[];
  /** Each run's changed files against the first run's. */
  readonly sources: readonly SourceChange[];
}

export function compareRuns(runs: readonly RunToCompare[]): RunComparison {
  const metrics = new Map(runs.flatMap(({ record: { scores } }) => (scores ? [[scores.metric, scores.title]] : [])));
  const [metric] = metrics;
  return {
    metric: metric && metrics.size === 1 ? { name: metric[0], title: metric[1] } : null,
    results: resultRows(runs.map(({ record }) => record)),
    layers: layerRows(runs),
    config: configRows(runs),
    sources: runs.slice(1).flatMap((other, index) => sourceChanges(runs[0], other, index + 1)),
  };
}

function resultRows(records: readonly RunRecord[]): NumberRow[] {
  const higherIsBetter = records.find(({ scores }) => scores)?.scores?.higherIsBetter ?? null;
  const row =
    (unit: Unit, better: boolean | null) =>
    (title: string, pick: (record: RunRecord) => number | null | undefined): NumberRow => ({
      title,
      unit,
      higherIsBetter: better,
      values: records.map((record) => pick(record) ?? null),
    });
  const score = row('score', higherIsBetter);
  const bytes = row('bytes', false);
  const rate = row('per second', true);
  const fileOf = (model: RunModel) => (record: RunRecord) => record.files.find((file) => file.model === model)?.bytes;
  const rows = [
    score('float', ({ scores }) => scores?.float),
    score('post-training int8', ({ scores }) => scores?.ptq),
    score('QAT int8', ({ scores }) => scores?.qat?.int8),
    score('QAT fake-quantized', ({ scores }) => scores?.qat?.fakeQuant),
    row('share', true)('equal answers, fake-quantized and int8', ({ equalAnswers }) => equalAnswers),
    bytes('float .tflite', fileOf('float')),
    bytes('post-training .tflite', fileOf('ptq')),
    bytes('QAT .tflite', fileOf('qat')),
    bytes('RAM of activations, int8', ({ cost }) => cost?.activationBytes),
    row('count', false)('multiply-adds', ({ cost }) => cost?.multiplyAdds),
    rate('float inferences/s', ({ speed }) => speed?.floatPerSecond),
    rate('int8 inferences/s', ({ speed }) => speed?.int8PerSecond),
    rate('training images/s', ({ speed }) => speed?.trainingImagesPerSecond),
  ];
  return rows.filter(({ values }) => values.some((value) => value !== null));
}

/** Layers of any run, in the order of the first that has them. */
function layerRows(runs: readonly RunToCompare[]): LayerRow[] {
  const names = new Set(runs.flatMap(({ report }) => report?.layers.map(({ name }) => name) ?? []));
  const byName = runs.map(({ report }) => new Map(report?.layers.map((layer) => [layer.name, layer])));
  return [...names].map((name) => {
    const decibels = (of: 'local' | 'accumulated') =>
      byName.map((layers) => {
        const layer = layers.get(name);
        return layer ? (layer[of].sqnr ?? Number.POSITIVE_INFINITY) : null;
      });
    return { name, local: decibels('local'), accumulated: decibels('accumulated') };
  });
}

function configRows(runs: readonly RunToCompare[]): TextRow[] {
  const keys = new Set(runs.flatMap(({ config }) => Object.keys(config)));
  return [...keys]
    .map((key) => ({ key, values: runs.map(({ config }) => config[key] ?? null) }))
    .filter(({ values }) => new Set(values).size > 1);
}

/** Files that one of the two lacks are as if they were empty; a run that kept none is not compared. */
function sourceChanges(first: RunToCompare, other: RunToCompare, run: number): SourceChange[] {
  const [before, after] = [first.sources ?? {}, other.sources ?? {}];
  if (Object.keys(before).length === 0 || Object.keys(after).length === 0) return [];
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((file) => {
    const lines = diffLines(before[file] ?? '', after[file] ?? '');
    return lines.some(({ kind }) => kind !== 'same') ? [{ file, run, lines }] : [];
  });
}

/** A config by dotted keys, its values as JSON. */
export function flattened(value: unknown, prefix = ''): Record<string, string> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { [prefix]: JSON.stringify(value) };
  const entries = Object.entries(value).map(([key, inner]) => flattened(inner, prefix ? `${prefix}.${key}` : key));
  return Object.assign({}, ...entries);
}
