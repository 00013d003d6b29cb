// `--max-drop`: the layers that cost the most get more precision until the integer model drops no more than is allowed.

import type { Sensitivity } from '../../engine/error-analysis/report.ts';
import { type Restoration, restoreUntil } from '../../engine/error-analysis/restore.ts';
import { measureSensitivity } from '../../engine/error-analysis/sensitivity.ts';
import { InputError } from '../../engine/errors.ts';
import { writeTflite } from '../../engine/exporters/tflite.ts';
import type { Graph } from '../../engine/graph/graph.ts';
import { withFixedRanges } from '../../engine/quantization/group-grid.ts';
import { placeQuantization } from '../../engine/quantization/placement.ts';
import { quantize } from '../../engine/quantization/quantize.ts';
import type { RestoredLayers } from '../../protocol/job-events.ts';
import { openBackend } from '../kernels/open-backend.ts';
import type { RunFolder } from '../runs/run-folder.ts';
import type { JobContext } from './context.ts';
import { drained } from './drained.ts';
import { kernelsFor } from './kernel-set.ts';
import type { QuantizedModel } from './post-training.ts';
import type { Prepared } from './prepare.ts';
import { type Scores, scoreInteger } from './score.ts';

/** Samples that sensitivities are measured on: enough to order the layers. */
const SAMPLES = 2000;

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
  const sensitivity = await sensitivityOf(source, prepared, context);
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
    const measured = await scoreInteger(integer, kernelsFor(integer, prepared.config), scoring, context);
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

function sensitivityOf(
  { graph, ranges }: NonNullable<QuantizedModel['source']>,
  { validation, settings }: Prepared,
  context: JobContext,
): Promise<Sensitivity> {
  if (!validation) throw new RangeError('There is no validation data.');
  context.emit({ kind: 'phase', phase: 'inspect', message: 'Measuring what each layer costs' });
  const images = Math.min(SAMPLES, validation.size);
  return drained(
    progressOf(measureSensitivity(graph, validation, { settings, ranges, images, backend: openBackend() })),
    'inspect',
    context,
  );
}

/** Sensitivities as progress for those who watch. */
function* progressOf(steps: Generator<Sensitivity, Sensitivity, void>) {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    yield { done: step.value.images, total: step.value.total };
  }
}
