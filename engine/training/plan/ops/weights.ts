// The weights of a convolution or dense as its kernel reads them in one list, and the way back of their gradients.

import type { OpOf } from '../../../graph/op.ts';
import type { TensorSettings } from '../../../quantization/settings.ts';
import { type Argument, at, type Place } from '../buffers.ts';
import type { Planner } from '../planner.ts';
import { weightPlace } from '../store.ts';

export type Weighted = OpOf<'CONV_2D'> | OpOf<'DEPTHWISE_CONV_2D'> | OpOf<'FULLY_CONNECTED'>;

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
  readonly rows: number;
  readonly channels: number;
}

/** Plans folding, fake-quantization of weights and the rounding of the bias. */
export function prepareWeights(c: Planner, op: Weighted, channels: number, rows: number): PreparedWeights {
  const { store, mode } = c;
  const raw = weightPlace(store, store.values, op.inputs[1]);
  const layerBias = weightPlace(store, store.values, op.inputs[2]);
  const settings = mode.quantized ? (c.quantization.settings.get(op.name)?.weights ?? null) : null;
  const fold = op.batchNorm && !mode.batchStatistics ? planFold(c, op, channels) : null;
  const bias = fold?.folded ?? (op.batchNorm ? 0 : layerBias);
  const common = { fold, rows, channels };
  if (fold === null && settings === null) return { weights: raw, bias, ...common };
  const scales = c.buffer(`${op.name} weight scales`, channels);
  const out = c.buffer(`${op.name} prepared weights`, rows * channels);
  // While batch statistics are used the accumulator's limits are not those of the folded weights: no floor then.
  const settled = op.batchNorm === undefined || !mode.batchStatistics;
  const inputRange = settled ? c.operandRange(op, 0) : 0;
  c.emit(op, 'prepareWeights', {
    weights: raw,
    multiplier: fold?.multiplier ?? 0,
    bias,
    inputRange,
    out,
    scales,
    rows,
    channels,
    ...weightFields(settings),
    wide: Number(isWide(c, op)),
  });
  const rounds = settings !== null && bias !== 0 && inputRange !== 0 && !mode.observing;
  if (!rounds) return { weights: out, bias, ...common };
  const rounded = c.buffer(`${op.name} bias`, channels);
  c.emit(op, 'quantizeBias', { bias, scales, inputRange, out: rounded, channels });
  return { weights: out, bias: rounded, ...common };
}

/** Accumulators of 16-bit activations have 64 bits and need no floor. */
function isWide(c: Planner, op: Weighted): boolean {
  const index = c.quantization.rangeOf[op.inputs[0]!];
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
    bias: weightPlace(store, store.values, op.inputs[2]),
    multiplier,
    rsigma,
    folded,
    channels,
    epsilon,
  });
  return { multiplier, rsigma, folded };
}

/** Where the gradient of the prepared weights goes, and `done()` once it is there and that of the bias is in `bias`. */
export function planWeightGradient(c: Planner, op: Weighted, prepared: PreparedWeights) {
  const { store } = c;
  const own = weightPlace(store, store.gradients, op.inputs[1]);
  const { fold, rows, channels } = prepared;
  const biasGradient = weightPlace(store, store.gradients, op.inputs[2]);
  if (fold === null) return { weights: own, bias: op.batchNorm ? 0 : biasGradient, done: () => {} };
  const folded = c.buffer(`${op.name} folded gradient`, rows * channels);
  const bias = c.buffer(`${op.name} bias gradient`, channels);
  const done = (): void => {
    const { gamma, beta, mean } = op.batchNorm!;
    c.emit(op, 'foldGradient', {
      foldedGradient: folded,
      weights: weightPlace(store, store.values, op.inputs[1]),
      multiplier: fold.multiplier,
      rsigma: fold.rsigma,
      mean: at(store.statistics.get(mean)!),
      bias: weightPlace(store, store.values, op.inputs[2]),
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
