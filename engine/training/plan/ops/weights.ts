// The weights of a convolution or dense as its kernel reads them in one list, and the way back of their gradients.

import type { Op, OpOf } from '../../../graph/op.ts';
import type { TensorId } from '../../../graph/tensor.ts';
import type { TensorSettings } from '../../../quantization/settings.ts';
import { type Argument, at, type Place } from '../buffers.ts';
import { isRestricted, planExactWeights } from '../exact-weights.ts';
import { planStepGradient, stepsOf } from '../learned.ts';
import type { Mode } from '../mode.ts';
import { planOwnWeightGradient, planOwnWeights } from '../own.ts';
import type { Planner } from '../planner.ts';
import { type Store, weightPlace } from '../store.ts';

export type Weighted = OpOf<'CONV_2D'> | OpOf<'DEPTHWISE_CONV_2D'> | OpOf<'TRANSPOSE_CONV'> | OpOf<'FULLY_CONNECTED'>;

/** Where among its inputs an op has its data, and its bias. */
export const dataInput = (op: Weighted): number => (op.kind === 'TRANSPOSE_CONV' ? 2 : 0);
export const biasOf = (op: Weighted): TensorId | null => op.inputs[op.kind === 'TRANSPOSE_CONV' ? 3 : 2] ?? null;

/** Whether the op has a batch norm that takes the batch's statistics: that of a frozen layer keeps its own. */
export const usesBatchStatistics = ({ batchNorm }: Op, mode: Mode, { frozen }: Pick<Store, 'frozen'>): boolean =>
  batchNorm !== undefined && mode.batchStatistics && !frozen.has(batchNorm.layer);

/** A batch norm of running statistics, folded into weights and bias. */
export interface Fold {
  readonly multiplier: Place;
  readonly rsigma: Place;
}

export interface PreparedWeights {
  /** [rows][channels], folded and fake-quantized as the list wants. */
  readonly weights: Argument;
  /** To be added to what the convolution gives; 0 where batch statistics take care of it. */
  readonly bias: Argument;
  readonly fold: Fold | null;
  /** By output channel, of weights that are fake-quantized. */
  readonly scales: Place | null;
  readonly rows: number;
  readonly channels: number;
}

/** Plans folding, fake-quantization of weights and the rounding of the bias. */
export function prepareWeights(c: Planner, op: Weighted, channels: number, rows: number): PreparedWeights {
  const { store, mode } = c;
  const raw = weightPlace(store, store.values, op.inputs[1]);
  const layerBias = weightPlace(store, store.values, biasOf(op));
  const settings = mode.quantized ? (c.quantization.settings.get(op.name)?.weights ?? null) : null;
  const fold = op.batchNorm && !usesBatchStatistics(op, mode, store) ? planFold(c, op, channels) : null;
  const bias = fold?.folded ?? (op.batchNorm ? 0 : layerBias);
  if (fold === null && settings === null) return { weights: raw, bias, fold, scales: null, rows, channels };
  const scales = c.buffer(`${op.name} weight scales`, channels);
  const common = { fold, scales: settings === null ? null : scales, rows, channels };
  const out = c.buffer(`${op.name} prepared weights`, rows * channels);
  // While batch statistics are used the accumulator's limits are not those of the folded weights: no floor then.
  const settled = op.batchNorm === undefined || !usesBatchStatistics(op, mode, store);
  const inputRange = settled ? c.operandRange(op, dataInput(op)) : 0;
  /** Once ranges stand still the bias lies on the grid of its accumulator. */
  const roundedBias = (): Argument => {
    if (settings === null || bias === 0 || inputRange === 0 || mode.observing) return bias;
    const rounded = c.buffer(`${op.name} bias`, channels);
    c.emit(op, 'quantizeBias', { bias, scales, inputRange, out: rounded, channels });
    return rounded;
  };
  const steps = settings === null ? null : stepsOf(c, op);
  const multiplier = fold?.multiplier ?? 0;
  const own = settings === null ? undefined : store.own.weights.get(op.inputs[1]!);
  if (own) {
    planOwnWeights(c, op, own, { weights: raw, multiplier, out, scales }, { rows, channels });
    return { weights: out, bias: roundedBias(), ...common };
  }
  if (steps !== null && settings !== null) {
    const { bits, narrowRange } = settings;
    const grid = { steps, scales, bits, narrow: Number(narrowRange) };
    c.emit(op, 'stepSizeWeights', { weights: raw, multiplier, out, rows, channels, ...grid });
    return { weights: out, bias: roundedBias(), ...common };
  }
  if (settings !== null && isRestricted(settings)) {
    const exact = { weights: raw, multiplier, bias, inputRange, out, scales };
    planExactWeights(c, op, c.quantization.settings.get(op.name)!, exact, { rows, channels });
    return { weights: out, bias: roundedBias(), ...common };
  }
  if (fold !== null && settings !== null && isRoundedBeforeBatchNorm(op, settings)) {
    planRoundedThenFolded(c, op, { raw, multiplier, out, scales }, settings, { rows, channels });
    return { weights: out, bias: roundedBias(), ...common };
  }
  c.emit(op, 'prepareWeights', {
    weights: raw,
    multiplier,
    bias,
    inputRange,
    out,
    scales,
    rows,
    channels,
    ...weightFields(settings),
    wide: Number(isWide(c, op)),
  });
  return { weights: out, bias: roundedBias(), ...common };
}

export const isRoundedBeforeBatchNorm = (op: Op, { beforeBatchNorm, granularity }: TensorSettings): boolean =>
  beforeBatchNorm === true && granularity === 'per-tensor' && op.batchNorm !== undefined;

/** out = multiplier · (weights on one grid a tensor). Scales may be negative, as a batch norm's factors. */
function planRoundedThenFolded(
  c: Planner,
  op: Weighted,
  { raw, multiplier, out, scales }: { raw: Argument; multiplier: Argument; out: Place; scales: Place },
  settings: TensorSettings,
  sizes: { readonly rows: number; readonly channels: number },
): void {
  const rounded = c.buffer(`${op.name} rounded weights`, sizes.rows * sizes.channels);
  const own = c.buffer(`${op.name} unfolded scales`, sizes.channels);
  const none = { multiplier: 0, bias: 0, inputRange: 0, wide: 0 };
  c.emit(op, 'prepareWeights', {
    ...none,
    weights: raw,
    out: rounded,
    scales: own,
    ...sizes,
    ...weightFields(settings),
  });
  const folded = { ...none, multiplier, scales: own, ...weightFields(null) };
  c.emit(op, 'prepareWeights', { ...folded, weights: rounded, out, ...sizes });
  c.emit(op, 'prepareWeights', { ...folded, weights: own, out: scales, rows: 1, channels: sizes.channels });
}

/** Accumulators of 16-bit activations have 64 bits and need no floor. */
function isWide(c: Planner, op: Weighted): boolean {
  const index = c.quantization.rangeOf[op.inputs[dataInput(op)]!];
  return index !== null && c.quantization.ranges[index].settings.bits > 8;
}

function weightFields(settings: TensorSettings | null) {
  return {
    bits: settings?.bits ?? 0,
    narrow: Number(settings?.narrowRange ?? true),
    symmetric: Number(settings?.symmetric ?? true),
    perTensor: Number(settings?.granularity === 'per-tensor'),
  };
}

function planFold(c: Planner, op: Weighted, channels: number): Fold & { readonly folded: Place } {
  const { store } = c;
  const { gamma, beta, mean, variance, epsilon } = op.batchNorm!;
  const multiplier = c.buffer(`${op.name} multiplier`, channels);
  const rsigma = c.buffer(`${op.name} rsigma`, channels);
  const folded = c.buffer(`${op.name} folded bias`, channels);
  c.emit(op, 'foldBatchNorm', {
    gamma: weightPlace(store, store.values, gamma),
    beta: weightPlace(store, store.values, beta),
    mean: at(store.statistics.get(mean)!),
    variance: at(store.statistics.get(variance)!),
    bias: weightPlace(store, store.values, biasOf(op)),
    multiplier,
    rsigma,
    folded,
    channels,
    epsilon,
  });
  return { multiplier, rsigma, folded };
}

/** What fake-quantization adds to the gradient of prepared weights: masks, scales that learn, damping. */
function refineGradient(c: Planner, op: Weighted, gradient: Place, prepared: PreparedWeights): void {
  const { fold, rows, channels, scales } = prepared;
  const weights = weightPlace(c.store, c.store.values, op.inputs[1]);
  planStepGradient(c, op, gradient, weights, fold, { rows, channels });
  planOwnWeightGradient(c, op, gradient, { weights, multiplier: fold?.multiplier ?? 0 }, { rows, channels });
  const { damping = 0 } = c;
  if (damping === 0 || scales === null || !c.mode.quantized) return;
  const multiplier = fold?.multiplier ?? 0;
  const sizes = { rows, channels, strength: damping };
  c.emit(op, 'dampWeights', { gradient, weights, multiplier, out: prepared.weights, scales, ...sizes });
}

/** Where the gradient of the prepared weights goes, and `done()` once it is there and that of the bias is in `bias`. */
export function planWeightGradient(c: Planner, op: Weighted, prepared: PreparedWeights) {
  const { store } = c;
  const own = weightPlace(store, store.gradients, op.inputs[1]);
  const { fold, rows, channels } = prepared;
  const biasGradient = weightPlace(store, store.gradients, biasOf(op));
  const refine = (gradient: Place | 0): void => {
    if (gradient !== 0) refineGradient(c, op, gradient, prepared);
  };
  if (fold === null) return { weights: own, bias: op.batchNorm ? 0 : biasGradient, done: () => refine(own) };
  const folded = c.buffer(`${op.name} folded gradient`, rows * channels);
  const bias = c.buffer(`${op.name} bias gradient`, channels);
  const done = (): void => {
    refine(folded);
    const { gamma, beta, mean } = op.batchNorm!;
    c.emit(op, 'foldGradient', {
      foldedGradient: folded,
      weights: weightPlace(store, store.values, op.inputs[1]),
      multiplier: fold.multiplier,
      rsigma: fold.rsigma,
      mean: at(store.statistics.get(mean)!),
      bias: weightPlace(store, store.values, biasOf(op)),
      biasGradient: bias,
      weightGradient: own,
      gammaGradient: weightPlace(store, store.gradients, gamma),
      betaGradient: weightPlace(store, store.gradients, beta),
      layerBiasGradient: biasGradient,
      rows,
      channels,
    });
  };
  return { weights: folded, bias, done };
}
