// Plans one list of calls: the ops forward, the loss, the ops backward, the update, each in the order in which it runs.

import { InputError } from '../../errors.ts';
import type { Graph } from '../../graph/graph.ts';
import type { Op, OpKind } from '../../graph/op.ts';
import type { TensorId } from '../../graph/tensor.ts';
import { at, type Buffer, type Place, type PlannedCall } from './buffers.ts';
import { type Isolated, planIsolated } from './isolated.ts';
import { planKeptZeros } from './keep-zeros.ts';
import { clearLearned, updateLearned } from './learned.ts';
import type { Mode } from './mode.ts';
import { type OpTraining, TRAINED_OPS } from './ops/table.ts';
import { updateOwnRanges } from './own.ts';
import { createPlanner, type PlanContext, type Planner } from './planner.ts';
import { planSensitivity } from './sensitivity.ts';

export type LossName =
  | 'sparse-categorical-crossentropy'
  | 'binary-crossentropy'
  | 'mean-squared-error'
  | 'mean-absolute-error';

export type Optimizer =
  | { readonly kind: 'adam'; readonly beta1: number; readonly beta2: number; readonly epsilon: number }
  | { readonly kind: 'sgd'; readonly momentum: number; readonly nesterov: boolean };

export interface TrainingOptions {
  readonly loss: LossName;
  readonly optimizer: Optimizer;
  /** Share of a weight (not of biases, γ and β) that one step takes away. */
  readonly weightDecay: number;
  readonly labelSmoothing: number;
  readonly classWeights: readonly number[] | null;
  /** Strength of oscillation damping; none if left out. */
  readonly damping?: number;
  /** Kernel weights that are 0 at the start stay 0. */
  readonly keepZeros?: boolean;
  /** Mixes in the cross-entropy against a teacher's probabilities, which the trainer writes to `store.teacher`. */
  readonly distillation?: { readonly weight: number; readonly temperature: number };
}

/** What a program is planned with whose steps nobody takes. */
export const PLAIN_TRAINING: TrainingOptions = {
  loss: 'mean-squared-error',
  optimizer: { kind: 'sgd', momentum: 0, nesterov: false },
  weightDecay: 0,
  labelSmoothing: 0,
  classWeights: null,
};

export interface PlannedList {
  readonly calls: readonly PlannedCall[];
  /** Calls that update weights and ranges, once the loss has been looked at; none outside training. */
  readonly update: readonly PlannedCall[];
  readonly buffers: readonly Buffer[];
  /** Values of activations; those that share memory with others only hold while the list runs. */
  readonly values: ReadonlyMap<TensorId, Place>;
  /** In a mode that isolates ops. */
  readonly isolated?: Isolated;
  /** In the mode of many passes: the model's output by pass. */
  readonly passes?: ReadonlyMap<string, Place>;
}

export function planList(context: PlanContext, mode: Mode, training: TrainingOptions): PlannedList {
  if (mode.sensitivity) return planSensitivity(context, planInput, (planner, op) => planOf(op).forward(planner, op));
  const c = createPlanner({ ...context, damping: training.damping ?? 0 }, mode);
  const { graph } = context;
  planInput(c);
  const logits = logitsOf(graph, training.loss);
  // In training the loss takes the softmax over; evaluation also wants the model's own output.
  const skipped = mode.training && logits !== graph.outputs[0] ? graph.ops.at(-1) : undefined;
  const ops = graph.ops.filter((op) => op !== skipped);
  for (const op of ops) planOf(op).forward(c, op);
  const isolated = mode.isolated ? planIsolated(c, (planner, op) => planOf(op).forward(planner, op)) : undefined;
  planLoss(c, logits, training);
  if (mode.training) {
    clearLearned(c);
    for (const op of [...ops].reverse()) planOf(op).backward(c, op);
  }
  const forwardAndBackward = c.calls.length;
  if (mode.training) planUpdate(c, training);
  const values = new Map<TensorId, Place>();
  for (const id of [...graph.inputs, ...ops.flatMap((op) => op.outputs)]) values.set(id, c.value(id));
  const outputs: readonly TensorId[] = graph.outputs;
  for (const id of outputs) {
    // Outputs are read after the run: nothing may take their place.
    const place = values.get(id);
    if (place !== undefined) place.buffer.last = Number.POSITIVE_INFINITY;
  }
  const calls = c.calls.slice(0, forwardAndBackward);
  return {
    calls,
    update: c.calls.slice(forwardAndBackward),
    buffers: c.buffers,
    values,
    ...(isolated && { isolated }),
  };
}

/** The plan of an op; throws an InputError that names the layer where there is none. */
function planOf(op: Op): OpTraining<OpKind> {
  const entry = TRAINED_OPS[op.kind];
  if (typeof entry === 'string') {
    const layer = op.layers[0] ?? op.name;
    throw new InputError(`The layer ${layer} becomes ${op.kind}, which cannot be trained: ${entry}.`, { layer });
  }
  // The entry is that of the op's own kind; the union of both cannot say so.
  return entry as OpTraining<OpKind>;
}

function planInput(c: Planner): void {
  const { graph, store } = c;
  if (graph.inputs.length !== 1 || graph.outputs.length !== 1) {
    throw new InputError(
      `The model ${graph.name} has ${graph.inputs.length} inputs and ${graph.outputs.length} outputs; training needs one of each.`,
    );
  }
  const [input] = graph.inputs;
  const range = c.range(input);
  if (range === 0) {
    c.setValue(input, at(store.input));
    return;
  }
  const out = c.newValue(input);
  const observed = c.observed(input);
  c.emit(null, 'fakeQuantize', { x: at(store.input), out, count: c.size(input), range, observed });
}

/** What the loss reads: the input of a last SOFTMAX or LOGISTIC for its cross-entropy, the output otherwise. */
export function logitsOf(graph: Graph, loss: LossName): TensorId {
  const last = graph.ops.at(-1);
  const isLast = last?.outputs[0] === graph.outputs[0];
  const isSoftmax = isLast && last?.kind === 'SOFTMAX' && last.options.beta === 1;
  if (loss === 'sparse-categorical-crossentropy' && isSoftmax) return last.inputs[0]!;
  if (loss === 'binary-crossentropy' && isLast && last?.kind === 'LOGISTIC') return last.inputs[0]!;
  return graph.outputs[0];
}

function planLoss(c: Planner, logits: TensorId, training: TrainingOptions): void {
  const { loss, labelSmoothing, classWeights, distillation } = training;
  const { store, mode } = c;
  const target = mode.training ? c.gradientTarget(logits) : null;
  const to = target?.to ?? 0;
  const count = c.size(logits);
  if (loss === 'mean-squared-error' || loss === 'mean-absolute-error') {
    const args = { y: c.value(logits), targets: at(store.targets), dy: to, losses: at(store.losses), count };
    c.emit(null, loss === 'mean-squared-error' ? 'meanSquaredError' : 'meanAbsoluteError', args);
    return;
  }
  const common = {
    logits: c.value(logits),
    dlogits: to,
    losses: at(store.losses),
    hits: at(store.hits),
    classWeights: classWeights === null ? 0 : at(store.classWeights),
    smoothing: labelSmoothing,
  };
  if (loss === 'binary-crossentropy') {
    c.emit(null, 'sigmoidCrossEntropy', { ...common, targets: at(store.targets), count });
    return;
  }
  c.emit(null, 'softmaxCrossEntropy', { ...common, labels: at(store.targets), classes: count });
  if (distillation === undefined || to === 0) return;
  c.emit(null, 'distill', {
    logits: common.logits,
    teacher: at(store.teacher),
    dlogits: to,
    losses: common.losses,
    classes: count,
    share: distillation.weight,
    temperature: distillation.temperature,
  });
}

function planUpdate(c: Planner, { optimizer, weightDecay, keepZeros }: TrainingOptions): void {
  const { store, mode } = c;
  const parts = [
    { start: 0, count: store.decayed, decay: weightDecay },
    { start: store.decayed, count: store.trained - store.decayed, decay: 0 },
    // Ranges stop moving with the observers, learned ones, too.
    { start: store.trained, count: mode.observing ? store.learned - store.trained : 0, decay: 0 },
  ].filter(({ count }) => count > 0);
  for (const { start, count, decay } of parts) {
    const common = { weights: at(store.values, start), gradients: at(store.gradients, start), count, decay };
    if (optimizer.kind === 'adam') {
      const { beta1, beta2, epsilon } = optimizer;
      const moments = { first: at(store.first, start), second: at(store.second, start) };
      c.emit(null, 'adam', { ...common, ...moments, beta1, beta2, epsilon });
    } else {
      const { momentum, nesterov } = optimizer;
      c.emit(null, 'sgd', { ...common, velocity: at(store.first, start), momentum, nesterov: Number(nesterov) });
    }
  }
  if (keepZeros) planKeptZeros(c);
  if (mode.observing) {
    updateLearned(c);
    updateOwnRanges(c);
  }
  const count = c.quantization.ranges.length;
  if (mode.observing && count > 0) {
    c.emit(null, 'updateRanges', { ranges: at(store.ranges), observed: at(store.observed), count, moving: 1 });
  }
}
