// Small networks for tests of training, with random weights from a seed.

import { GraphBuilder } from '../../../engine/graph/builder.ts';
import type { Graph } from '../../../engine/graph/graph.ts';
import type { FusedActivation, Op, Padding } from '../../../engine/graph/op.ts';
import type { TensorId } from '../../../engine/graph/tensor.ts';
import { mulberry32 } from '../../mulberry32.ts';

/** Uniform numbers in [−1, 1). */
export function randomNumbers(seed: number): () => number {
  const next = mulberry32(seed);
  return () => 2 * next() - 1;
}

export interface ConvOptions {
  readonly kernel: readonly [number, number];
  readonly filters: number;
  readonly stride?: number;
  readonly dilation?: number;
  readonly padding?: Padding;
  readonly activation?: FusedActivation;
  readonly batchNorm?: boolean;
  readonly bias?: boolean;
}

/** A graph under construction, fused as `fuse` leaves it. */
export class Network {
  readonly builder: GraphBuilder;
  readonly #random: () => number;
  readonly #batchNorms = new Map<TensorId, Op['batchNorm']>();
  readonly input: TensorId;

  constructor(inputShape: readonly number[], seed = 1) {
    this.builder = new GraphBuilder('network');
    this.#random = randomNumbers(seed);
    this.input = this.builder.input('input', [null, ...inputShape]);
  }

  values(count: number, scale: number, offset = 0): Float32Array {
    return Float32Array.from({ length: count }, () => this.#random() * scale + offset);
  }

  weight(name: string, shape: readonly number[], scale: number, offset = 0): TensorId {
    const count = shape.reduce((a, b) => a * b, 1);
    return this.builder.weight(name, shape, this.values(count, scale, offset));
  }

  conv(x: TensorId, options: ConvOptions, depthwise = false): TensorId {
    const { kernel, filters, stride = 1, dilation = 1, padding = 'SAME', activation = 'NONE' } = options;
    const channels = this.builder.shape(x).at(-1)!;
    const shape = depthwise ? [1, ...kernel, filters] : [filters, ...kernel, channels];
    const scale = Math.sqrt(3 / (kernel[0] * kernel[1] * (depthwise ? 1 : channels)));
    const window = { strideH: stride, strideW: stride, dilationH: dilation, dilationW: dilation, padding, activation };
    const inputs = [
      x,
      this.weight('w', shape, scale),
      options.bias === false ? null : this.weight('b', [filters], 0.3),
    ];
    const name = depthwise ? 'depthwise' : 'conv';
    const y = depthwise
      ? this.builder.op('DEPTHWISE_CONV_2D', inputs, { ...window, depthMultiplier: filters / channels }, { name })
      : this.builder.op('CONV_2D', inputs, window, { name });
    if (options.batchNorm) this.#batchNorm(y, filters);
    return y;
  }

  /** `shape` is the output's, a constant. */
  transposedConv(shape: TensorId, x: TensorId, options: ConvOptions): TensorId {
    const { kernel, filters, stride = 1, padding = 'SAME', activation = 'NONE' } = options;
    const channels = this.builder.shape(x).at(-1)!;
    const scale = Math.sqrt(3 / (kernel[0] * kernel[1] * channels));
    const weights = this.weight('w', [filters, ...kernel, channels], scale);
    const inputs = [shape, weights, x, this.weight('b', [filters], 0.3)];
    const window = { strideH: stride, strideW: stride, padding, activation };
    const y = this.builder.op('TRANSPOSE_CONV', inputs, window, { name: 'transposed', dtype: 'float32' });
    if (options.batchNorm) this.#batchNorm(y, filters);
    return y;
  }

  #batchNorm(y: TensorId, channels: number): void {
    this.#batchNorms.set(y, {
      gamma: this.weight('gamma', [channels], 0.5, 0.9),
      beta: this.weight('beta', [channels], 0.3),
      mean: this.weight('mean', [channels], 0.2),
      variance: this.weight('variance', [channels], 0.2, 0.8),
      epsilon: 1e-3,
      momentum: 0.9,
      layer: 'bn',
    });
  }

  dense(x: TensorId, units: number, activation: FusedActivation = 'NONE'): TensorId {
    const features = this.builder.shape(x).at(-1)!;
    const inputs = [x, this.weight('w', [units, features], Math.sqrt(3 / features)), this.weight('b', [units], 0.3)];
    return this.builder.op('FULLY_CONNECTED', inputs, { activation, keepNumDims: false }, { name: 'dense' });
  }

  build(output: TensorId): Graph {
    const graph = this.builder.build([output]);
    const ops = graph.ops.map((op) => {
      const batchNorm = this.#batchNorms.get(op.outputs[0]);
      return batchNorm ? ({ ...op, batchNorm } as Op) : op;
    });
    return { ...graph, ops };
  }
}
