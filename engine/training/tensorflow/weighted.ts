// CONV_2D, DEPTHWISE_CONV_2D and FULLY_CONNECTED by TensorFlow: batch norms with the batch's statistics, or folded; weights and
// biases as the training program has them.

import { InputError } from '../../errors.ts';
import type { OpOf } from '../../graph/op.ts';
import { RANGE, RANGE_SIZE } from '../../kernels/memory.ts';
import type { Parameters } from '../../kernels/parameters.ts';
import { roundHalfAway, weightGrids } from '../../kernels/reference/weights.ts';
import type { TensorSettings } from '../../quantization/settings.ts';
import { usesBatchStatistics } from '../plan/ops/weights.ts';
import { fusedBatchNorm } from './batch-norm.ts';
import { fakeQuantize, straightThrough } from './fake-quantize.ts';
import { finish } from './finish.ts';
import type { Step } from './step.ts';
import type { Tensor } from './tensorflow.ts';

type Weighted = OpOf<'CONV_2D'> | OpOf<'DEPTHWISE_CONV_2D'> | OpOf<'FULLY_CONNECTED'>;

interface Prepared {
  /** [rows][channels] in the kernels' layout. */
  readonly weights: Tensor;
  readonly bias: Tensor | null;
}

export function forwardWeighted(s: Step, op: Weighted): void {
  const { tf, mode } = s;
  const shape = s.program.graph.tensors[op.inputs[1]!].shape as readonly number[];
  const channels = shape[op.kind === 'DEPTHWISE_CONV_2D' ? 3 : 0];
  const raw = s.weight(op.inputs[1]);
  if (raw === null) {
    throw new InputError(`The layer ${op.name} has weights that are computed, which TensorFlow does not train here.`, {
      layer: op.name,
    });
  }
  const flat = tf.reshape(raw, [-1, channels]);
  if (usesBatchStatistics(op, mode, s.program.store)) {
    const u = convolve(s, op, prepare(s, op, flat, null).weights, shape);
    finish(s, op, normalize(s, op, u, channels));
    return;
  }
  const { weights, bias } = op.batchNorm ? folded(s, op, flat) : prepare(s, op, flat, s.weight(op.inputs[2]));
  const u = convolve(s, op, weights, shape);
  finish(s, op, bias === null ? u : tf.add(u, bias));
}

function convolve(s: Step, op: Weighted, weights: Tensor, shape: readonly number[]): Tensor {
  const { tf } = s;
  const x = s.operand(op, 0);
  if (op.kind === 'FULLY_CONNECTED') {
    const [, ...out] = s.program.graph.tensors[op.outputs[0]].shape as readonly number[];
    return tf.reshape(tf.matMul(tf.reshape(x, [-1, shape[1]]), weights), [s.count, ...out]);
  }
  const { strideH, strideW, dilationH, dilationW, padding } = op.options;
  if (dilationH !== 1 || dilationW !== 1) {
    throw new InputError(
      `The layer ${op.name} is dilated, which TensorFlow's processor kernels do not train: remove \`backend: tensorflow\`.`,
      { key: 'training.backend', layer: op.name },
    );
  }
  const [, height, width, last] = shape;
  const pad = padding === 'SAME' ? 'same' : 'valid';
  if (op.kind === 'CONV_2D') {
    return tf.conv2d(x, tf.reshape(weights, [height, width, last, shape[0]]), [strideH, strideW], pad);
  }
  const inputs = x.shape.at(-1)!;
  const filter = tf.reshape(weights, [height, width, inputs, last / inputs]);
  return tf.depthwiseConv2d(x, filter, [strideH, strideW], pad);
}

/** Fake-quantizes weights, and the bias once ranges stand still. */
function prepare(s: Step, op: Weighted, folded: Tensor, bias: Tensor | null): Prepared {
  const { tf, program, mode } = s;
  const settings = mode.quantized ? (program.quantization.settings.get(op.name)?.weights ?? null) : null;
  if (settings === null) return { weights: folded, bias };
  if (program.store.steps.has(op.inputs[1]!)) {
    throw new InputError(
      `The scales of the weights of ${op.name} are learned or given, which TensorFlow does not train here: remove \`backend: tensorflow\`.`,
      { key: 'training.backend', layer: op.name },
    );
  }
  const settled = op.batchNorm === undefined || !usesBatchStatistics(op, mode, program.store);
  const range = settled ? s.operandRange(op, 0) : null;
  const { grids, scales } = gridsOf(s, folded, bias, range, settings);
  const ends = settings.granularity === 'per-tensor' ? grids.slice(0, 1) : grids;
  const low = Float32Array.from(ends, (grid) => grid.low);
  const high = Float32Array.from(ends, (grid) => grid.high);
  const weights = fakeQuantize(tf, folded, { low, high, bits: settings.bits, narrow: settings.narrowRange });
  if (bias === null || range === null || mode.observing) return { weights, bias };
  const input = program.view(program.store.ranges)[range * RANGE_SIZE + RANGE.scale];
  return { weights, bias: straightThrough(tf, bias, (value) => onGrid(s, value, scales, input)) };
}

/** The bias on the int32 grid of its accumulator. */
function onGrid(s: Step, bias: Tensor, scales: Float32Array, input: number): Tensor {
  const rounded = bias.dataSync().map((value, c) => {
    const scale = input * scales[c];
    return roundHalfAway(value / scale) * Math.fround(scale);
  });
  return s.tf.tensor(rounded, [rounded.length]);
}

/** The grids that the training program gives these weights. */
function gridsOf(s: Step, folded: Tensor, bias: Tensor | null, range: number | null, settings: TensorSettings) {
  const channels = folded.shape.at(-1)!;
  const weights = folded.dataSync();
  const record = RANGE_SIZE;
  const memory = new Float32Array(2 * record + weights.length + channels);
  const at = { range: record, weights: 2 * record, bias: 2 * record + weights.length };
  memory.set(weights, at.weights);
  if (bias !== null) memory.set(bias.dataSync(), at.bias);
  if (range !== null) {
    const records = s.program.view(s.program.store.ranges);
    memory.set(records.subarray(range * record, (range + 1) * record), at.range);
  }
  const parameters: Parameters<'prepareWeights'> = {
    weights: 0,
    multiplier: 0,
    bias: bias === null ? 0 : at.bias * 4,
    inputRange: range === null ? 0 : at.range * 4,
    out: at.weights * 4,
    scales: 0,
    rows: weights.length / channels,
    channels,
    bits: settings.bits,
    narrow: Number(settings.narrowRange),
    symmetric: Number(settings.symmetric),
    perTensor: Number(settings.granularity === 'per-tensor'),
    wide: Number(range !== null && s.program.quantization.ranges[range].settings.bits > 8),
  };
  const grids = weightGrids(parameters, memory);
  return { grids, scales: Float32Array.from(grids, ({ scale }) => scale) };
}

/** A batch norm of running statistics, folded into weights and bias. */
function folded(s: Step, op: Weighted, flat: Tensor): Prepared {
  const { tf } = s;
  const { mean, variance, epsilon, gamma, beta } = op.batchNorm!;
  const channels = flat.shape.at(-1)!;
  const statistic = (id: number): Float32Array =>
    s.program.view(s.program.store.statistics.get(id)!).slice(0, channels);
  const sigma = statistic(variance).map((value) => Math.sqrt(Math.fround(value + Math.fround(epsilon))));
  const multiplier = tf.div(s.weight(gamma) ?? tf.ones([channels]), tf.tensor(sigma, [channels]));
  const layerBias = s.weight(op.inputs[2]) ?? tf.zeros([channels]);
  const centred = tf.mul(tf.sub(layerBias, tf.tensor(statistic(mean), [channels])), multiplier);
  const bias = tf.add(s.weight(beta) ?? tf.zeros([channels]), centred);
  return prepare(s, op, tf.mul(flat, multiplier), bias);
}

/** Batch norm with the batch's statistics; the running ones move. A bias of the layer goes into the mean alone. */
function normalize(s: Step, op: Weighted, u: Tensor, channels: number): Tensor {
  const { tf, program } = s;
  const { gamma, beta, epsilon, mean, variance, momentum } = op.batchNorm!;
  const scale = s.weight(gamma) ?? tf.ones([channels]);
  const offset = s.weight(beta) ?? tf.zeros([channels]);
  const batch = fusedBatchNorm(tf, tf.reshape(u, [s.count, -1, 1, channels]), scale, offset, epsilon);
  const bias = s.weight(op.inputs[2])?.dataSync();
  const move = (id: number, seen: Float32Array): void => {
    const moving = program.view(program.store.statistics.get(id)!);
    for (let c = 0; c < channels; c++) moving[c] = moving[c] * momentum + seen[c] * (1 - momentum);
  };
  move(mean, bias ? batch.mean.map((value, c) => value + bias[c]) : batch.mean);
  move(variance, batch.variance);
  return tf.reshape(batch.y, u.shape);
}
