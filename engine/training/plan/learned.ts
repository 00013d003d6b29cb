// Learned quantizers in a training program: their values lie behind the weights, so that the optimizer, checkpoints and
// resuming treat them alike. Scales of weights are those of the unfolded ones: a batch norm's factor a channel commutes with
// rounding, and nothing divides by γ.

import { InputError } from '../../errors.ts';
import type { Graph } from '../../graph/graph.ts';
import type { Op } from '../../graph/op.ts';
import type { TensorId } from '../../graph/tensor.ts';
import { RANGE_SIZE } from '../../kernels/memory.ts';
import { LEARNED, LEARNED_RANGE_SIZE } from '../../kernels/reference/learned.ts';
import { isLearned, type TensorSettings } from '../../quantization/settings.ts';
import { type Argument, at, type Place } from './buffers.ts';
import { isRestricted } from './exact-weights.ts';
import type { Finished } from './ops/finish.ts';
import type { Fold } from './ops/weights.ts';
import type { Planner } from './planner.ts';
import type { QuantizationPlan } from './quantization-plan.ts';

export interface LearnedPlaces {
  readonly steps: ReadonlyMap<TensorId, number>;
  readonly learnedRanges: ReadonlyMap<number, number>;
  /** End of the block, in floats. */
  readonly learned: number;
}

/** Gives learned scales and ranges their place from `start` on. */
export function placeLearned(graph: Graph, { ranges, settings }: QuantizationPlan, start: number): LearnedPlaces {
  const steps = new Map<TensorId, number>();
  const learnedRanges = new Map<number, number>();
  let end = start;
  for (const op of graph.ops) {
    const own = settings.get(op.name)?.weights;
    const id = op.inputs[1] ?? null;
    if (!own || id === null || !isWeighted(op) || !hasSteps(graph, id, own) || steps.has(id)) continue;
    if ((own.own || isRestricted(own)) && graph.tensors[id].quantization === undefined) continue;
    if (graph.tensors[id].quantization === undefined) checkSteps(op, own);
    steps.set(id, end);
    end += Math.ceil(channelsOf(graph, op) / 4) * 4;
  }
  ranges.forEach((group, index) => {
    if (!isLearned(group.settings.observer) || group.fixed || group.settings.range || group.settings.own) return;
    learnedRanges.set(index, end);
    end += LEARNED_RANGE_SIZE;
  });
  return { steps, learnedRanges, learned: end };
}

/** Other scales do not commute with a batch norm's factors. */
function checkSteps(op: Op, { granularity, symmetric, observer }: TensorSettings): void {
  const layer = op.layers[0] ?? op.name;
  if (granularity === 'per-tensor' || !symmetric) {
    throw new InputError(
      `The weights of ${layer} have ${symmetric ? 'one scale for the tensor' : 'asymmetric codes'}: to train them with scales that are learned or fixed, make them symmetric and per-channel.`,
      { layer },
    );
  }
  if (isLearned(observer) && granularity === 'per-group') {
    throw new InputError(
      `The scales of the weights of ${layer} are to be learned: set their granularity to per-channel.`,
      {
        layer,
      },
    );
  }
}

const isWeighted = ({ kind }: Op): boolean =>
  kind === 'CONV_2D' || kind === 'DEPTHWISE_CONV_2D' || kind === 'TRANSPOSE_CONV' || kind === 'FULLY_CONNECTED';

/** Whether the scales of weights are values of their own, rather than those of the largest weight at each step. */
function hasSteps(graph: Graph, id: TensorId, settings: TensorSettings): boolean {
  const { observer, range, granularity } = settings;
  const isGiven = graph.tensors[id].quantization !== undefined;
  return isLearned(observer) || observer === 'mse' || range !== undefined || granularity === 'per-group' || isGiven;
}

export function channelsOf(graph: Graph, op: Op): number {
  const shape = graph.tensors[op.inputs[1] as TensorId].shape;
  return shape[op.kind === 'DEPTHWISE_CONV_2D' ? 3 : 0] ?? 1;
}

/** Address of the scales of an op's weights, or null where they follow the weights. */
export function stepsOf(c: Planner, op: Op): Place | null {
  const offset = c.store.steps.get(op.inputs[1] as TensorId);
  return offset === undefined ? null : at(c.store.values, offset);
}

/** After the gradient of prepared weights is there: clamped ones get none, learned scales get theirs. */
export function planStepGradient(
  c: Planner,
  op: Op,
  gradient: Place,
  weights: Argument,
  fold: Fold | null,
  sizes: { readonly rows: number; readonly channels: number },
): void {
  const offset = c.store.steps.get(op.inputs[1] as TensorId);
  const settings = c.quantization.settings.get(op.name)?.weights;
  if (offset === undefined || !settings || !c.mode.quantized) return;
  c.emit(op, 'stepSizeGradient', {
    gradient,
    weights,
    multiplier: fold?.multiplier ?? 0,
    steps: at(c.store.values, offset),
    stepGradient: at(c.store.gradients, offset),
    ...sizes,
    bits: settings.bits,
    narrow: Number(settings.narrowRange),
    learn: Number(isLearned(settings.observer) && c.mode.observing),
  });
}

/** The gradient of an activation's learned range; to be emitted before the gradient of its values is overwritten. */
export function planRangeGradient(c: Planner, op: Op, dy: Place, out: TensorId, finished: Finished): void {
  const index = c.quantization.rangeOf[out];
  const offset = index === null ? undefined : c.store.learnedRanges.get(index);
  if (index === null || offset === undefined || !c.mode.observing || finished.raw === null) return;
  const { observer } = c.quantization.ranges[index].settings;
  if (!isLearned(observer)) return;
  const range = c.range(out);
  const sums = c.buffer(`${op.name} range sums`, c.batch * 4);
  c.emit(op, 'rangeSums', {
    dy,
    u: finished.raw,
    scale: finished.scale,
    offset: finished.offset,
    addend: finished.addend,
    sums,
    pixels: c.size(out) / finished.channels,
    channels: finished.channels,
    activation: finished.activation,
    range,
  });
  const method = LEARNED[observer];
  c.emit(op, 'rangeGradient', { sums, range, out: at(c.store.gradients, offset), count: c.size(out), method });
}

/** Gradients of learned quantizers are added up: several ops may share one. */
export function clearLearned(c: Planner): void {
  const { trained, learned, gradients } = c.store;
  if (learned === trained || !c.mode.quantized) return;
  c.emit(null, 'clearGradients', { out: at(gradients, trained), count: learned - trained });
}

/** From the values that were just updated to the ranges' records. */
export function updateLearned(c: Planner): void {
  for (const [index, offset] of c.store.learnedRanges) {
    c.emit(null, 'learnedRanges', {
      values: at(c.store.values, offset),
      range: at(c.store.ranges, index * RANGE_SIZE),
    });
  }
}
