// Post-training quantization: ranges from calibration data, the integer model written and scored.

import { BATCH } from '../../engine/calibration/batches.ts';
import { calibrationSteps } from '../../engine/calibration/calibrate.ts';
import { improveSteps } from '../../engine/calibration/improve.ts';
import { anyForward } from '../../engine/error-analysis/any-forward.ts';
import { writeTflite } from '../../engine/exporters/tflite.ts';
import type { Graph } from '../../engine/graph/graph.ts';
import { describeIsland, floatIslands } from '../../engine/quantization/float-islands.ts';
import { observedTensors } from '../../engine/quantization/group-grid.ts';
import { placeQuantization } from '../../engine/quantization/placement.ts';
import { quantizationProblems } from '../../engine/quantization/problems.ts';
import { quantize } from '../../engine/quantization/quantize.ts';
import type { Ranges } from '../../engine/quantization/ranges.ts';
import { describeMatch } from '../../engine/quantization/settings.ts';
import { openBackend } from '../kernels/open-backend.ts';
import type { RunFolder } from '../runs/run-folder.ts';
import type { JobContext } from './context.ts';
import { folded } from './deploy.ts';
import { drained } from './drained.ts';
import { kernelsFor } from './kernel-set.ts';
import type { Prepared } from './prepare.ts';
import { type Scores, type Scoring, scoreInteger } from './score.ts';

export interface QuantizedModel {
  /** The float graph, folded, that `ranges` belongs to. */
  readonly float: Graph;
  readonly ranges: Ranges;
  readonly integer: Graph;
  /** What `integer` was made of, where weights were changed before they were quantized. */
  readonly source?: { readonly graph: Graph; readonly ranges: Ranges };
  readonly scores?: Scores;
}

/** `graph` is the trained float graph, with its batch norms absorbed. */
export async function postTraining(
  graph: Graph,
  prepared: Prepared,
  run: RunFolder,
  context: JobContext,
): Promise<QuantizedModel> {
  const { validation, metric } = prepared;
  const model = await quantizedModel(graph, prepared, context);
  const { integer } = model;
  run.writeModel('ptq', writeTflite(integer));
  if (!validation) return model;
  const kernels = kernelsFor(integer, prepared);
  const message = `Scoring the post-training integer model on ${validation.size} samples (${kernels} kernels)`;
  context.emit({ kind: 'phase', phase: 'post-training', message });
  const scoring: Scoring = { dataset: validation, metric, phase: 'post-training' };
  const scores = await scoreInteger(integer, kernels, scoring, context);
  return { ...model, scores };
}

/** Calibrated and quantized; nothing written or scored. */
export async function quantizedModel(
  graph: Graph,
  prepared: Prepared,
  context: JobContext,
): Promise<Omit<QuantizedModel, 'scores'>> {
  const { settings } = prepared;
  const float = folded(graph);
  warnOfUnmatched(float, prepared, context);
  const { graph: scaled, ranges: given } = prepared.handOffs.apply(float);
  const ranges = await calibrated(float, given, prepared, context);
  const improved = await improvedWeights(scaled, prepared, context);
  const own = improved === scaled ? ranges : await calibrated(improved, given, prepared, context);
  const integer = quantize(improved, own, settings);
  for (const island of floatIslands(integer, placeQuantization(improved, settings).floatOps)) {
    context.emit({ kind: 'note', message: describeIsland(island) });
  }
  for (const { layer, message } of quantizationProblems(improved, own, integer)) {
    context.emit({ kind: 'warning', message, layer });
  }
  return { float, ranges, integer, source: { graph: improved, ranges: own } };
}

/** Ranges of all activations that need one: those that are given, and what calibration finds for the others. */
async function calibrated(
  float: Graph,
  given: Ranges,
  { calibration, settings }: Prepared,
  context: JobContext,
): Promise<Ranges> {
  if (given.size > 0 && observedTensors(placeQuantization(float, settings)).every((id) => given.has(id))) return given;
  context.emit({ kind: 'phase', phase: 'calibrate', message: `Calibrating on ${calibration.size} samples` });
  const forward = anyForward(float, BATCH, openBackend());
  const found = await drained(calibrationSteps(float, calibration, settings, { forward }), 'calibrate', context);
  return new Map([...found, ...given]);
}

/** The graph itself where the config asks for nothing. */
async function improvedWeights(
  float: Graph,
  { calibration, settings, config: { postTraining } }: Prepared,
  context: JobContext,
): Promise<Graph> {
  if (!Object.values(postTraining).includes(true)) return float;
  context.emit({ kind: 'phase', phase: 'post-training', message: 'Fitting the weights to their grids' });
  const steps = improveSteps(float, calibration, settings, postTraining, {
    open: (each) => anyForward(each, BATCH, openBackend()),
  });
  const { graph, notes } = await drained(steps, 'post-training', context);
  for (const message of notes) context.emit({ kind: 'note', message });
  return graph;
}

function warnOfUnmatched(float: Graph, { settings }: Prepared, context: JobContext): void {
  for (const { match } of placeQuantization(float, settings).settings.unmatched) {
    context.emit({
      kind: 'warning',
      message: `The override for ${describeMatch(match)} matches no layer of the model.`,
    });
  }
}
