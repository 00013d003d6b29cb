// `--max-drop`: the layers that cost the most get more precision until the integer model drops no more than is allowed.

import { type Restoration, restoreUntil } from '../../engine/error-analysis/restore.ts';
import { InputError } from '../../engine/errors.ts';
import { writeTflite } from '../../engine/exporters/tflite.ts';
import type { Graph } from '../../engine/graph/graph.ts';
import { withFixedRanges } from '../../engine/quantization/group-grid.ts';
import { placeQuantization } from '../../engine/quantization/placement.ts';
import { quantize } from '../../engine/quantization/quantize.ts';
import type { RestoredLayers } from '../../protocol/job-events.ts';
import type { RunFolder } from '../runs/run-folder.ts';
import type { JobContext } from './context.ts';
import { kernelsFor } from './kernel-set.ts';
import type { QuantizedModel } from './post-training.ts';
import type { Prepared } from './prepare.ts';
import { type Scores, scoreInteger } from './score.ts';
import { sensitivityOf } from './sensitivity.ts';

export interface RestoredModel {
  readonly model: QuantizedModel;
  readonly restored: RestoredLayers;
}

/** `maxDrop` in points of the metric: hundredths of an accuracy. */
export async function restoredModel(
  model: QuantizedModel,
  floatScore: Scores | undefined,
  maxDrop: number,
  prepared: Prepared,
  run: RunFolder,
  context: JobContext,
): Promise<RestoredModel> {
  const { validation, metric, settings } = prepared;
  if (!validation || !floatScore || !model.scores) {
    throw new InputError('A largest drop needs data to measure it on: add `data.validation` to the config.', {
      file: prepared.file,
      key: 'data.validation',
    });
  }
  const source = model.source ?? { graph: model.float, ranges: model.ranges };
  const sign = metric.higherIsBetter ? 1 : -1;
  const limits = {
    floatScore: sign * floatScore.value,
    score: sign * model.scores.value,
    maxDrop: metric.name === 'accuracy' || metric.name === 'auc' ? maxDrop / 100 : maxDrop,
  };
  if (limits.floatScore - limits.score <= limits.maxDrop) return { model, restored: { met: true, layers: [] } };
  context.emit({ kind: 'phase', phase: 'inspect', message: 'Measuring what each layer costs' });
  const sensitivity = await sensitivityOf({ ...source, settings, dataset: validation }, context);
  const ranges = withFixedRanges(placeQuantization(source.graph, settings), source.ranges);
  const steps = restoreUntil(source.graph, settings, sensitivity, limits);
  const scores = new Map<number, { readonly integer: Graph; readonly scores: Scores }>();
  let step = steps.next();
  while (!step.done) {
    const count = step.value.restored.length;
    const message = `Scoring the model with ${count} ${count === 1 ? 'layer' : 'layers'} restored`;
    context.emit({ kind: 'phase', phase: 'post-training', message });
    const integer = quantize(source.graph, ranges, step.value.settings);
    const scoring = { dataset: validation, metric, phase: 'post-training' } as const;
    const measured = await scoreInteger(integer, kernelsFor(integer, prepared), scoring, context);
    scores.set(count, { integer, scores: measured });
    step = steps.next(sign * measured.value);
  }
  const { restored, met } = step.value;
  const best = scores.get(restored.length);
  if (best) run.writeModel('ptq', writeTflite(best.integer));
  for (const { reason } of restored) context.emit({ kind: 'note', message: reason });
  if (!met) context.emit({ kind: 'warning', message: notMet(maxDrop) });
  return { model: best ? { ...model, ...best } : model, restored: { met, layers: restored.map(nameAndReason) } };
}

const notMet = (maxDrop: number): string =>
  `Even with every layer restored the model drops more than ${maxDrop} points: look at its inputs and outputs, or train it with quantization.`;

const nameAndReason = ({ op, reason }: Restoration) => ({ layer: op, reason });
