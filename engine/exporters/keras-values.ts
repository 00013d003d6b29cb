// Trained weights from the graph back in Keras's own layouts: restored float, or as the integer program has them.

import { InputError } from '../errors.ts';
import type { Graph } from '../graph/graph.ts';
import type { Op } from '../graph/op.ts';
import { batchNormValues } from '../graph/passes/batch-norm-values.ts';
import { channelAxis } from '../graph/passes/fold-batch-norm.ts';
import { elementCount, type Tensor, type TensorId } from '../graph/tensor.ts';
import { lower } from '../keras/lower/lower.ts';
import type { KerasModel, KerasWeights, WeightArray } from '../keras/model.ts';

/** Whole numbers are exact in float32 up to here. */
const MOST_ELEMENTS = 2 ** 24;

/**
 * The weights of `model` with the values that `graph` holds: lowered from it, fused, trained, batch norms not folded. What
 * the graph does not have (a layer that nothing reads) keeps the values of `weights`.
 */
export function kerasValues(model: KerasModel, weights: KerasWeights, graph: Graph): KerasWeights {
  const trained = new Map(graph.tensors.filter(isTrained).map(({ name, data }) => [name, data]));
  const result = new Map([...weights].map(([path, arrays]) => [path, arrays.map(copied)]));
  // Lowering the numbers of the elements tells where each element of each layout comes from.
  const numbered = lower(model, new Map([...weights].map(([path, arrays]) => [path, arrays.map(numbers)])));
  for (const tensor of numbered.tensors.filter(isTrained)) {
    const values = trained.get(tensor.name);
    const target = arrayOf(model, result, tensor.name);
    if (!values || !target) continue;
    for (let index = 0; index < values.length; index++) target.data[tensor.data[index]] = values[index];
  }
  restoreSplitBatchNorms(model, result, trained);
  return result;
}

type Trained = Tensor & { readonly data: Float32Array };

const isTrained = (tensor: Tensor): tensor is Trained =>
  tensor.isWeight === true && tensor.data instanceof Float32Array;

const copied = (array: WeightArray): WeightArray => ({ ...array, data: array.data.slice() });

function numbers(array: WeightArray): WeightArray {
  if (array.data.length <= MOST_ELEMENTS) return { ...array, data: Float32Array.from(array.data, (_, index) => index) };
  throw new InputError(
    `The weight "${array.name}" has ${array.data.length} elements; at most ${MOST_ELEMENTS} can be written back to a Keras file.`,
  );
}

/** The array that a tensor `outer/inner/kernel` came from; of a part (`…/bias/input`) the whole. */
function arrayOf(
  model: KerasModel,
  weights: ReadonlyMap<string, readonly WeightArray[]>,
  tensor: string,
): WeightArray | undefined {
  const parts = tensor.split('/');
  for (let length = parts.length - 1; length > 0; length--) {
    const path = parts.slice(0, length).join('/');
    const layer = layerAt(model, path);
    const rest = parts.slice(length).join('/');
    const index = layer?.weights.findIndex(({ name }) => name === rest || rest.startsWith(`${name}/`)) ?? -1;
    if (index >= 0) return weights.get(path)?.[index];
  }
  return undefined;
}

/** Names may themselves hold slashes, as `Conv/BatchNorm` does. */
function layerAt(model: KerasModel, path: string): KerasModel['layers'][number] | undefined {
  for (const layer of model.layers) {
    if (layer.name === path) return layer;
    if (layer.model && path.startsWith(`${layer.name}/`)) {
      const found = layerAt(layer.model, path.slice(layer.name.length + 1));
      if (found) return found;
    }
  }
  return undefined;
}

/** A batch norm that became MUL by `scale` and ADD of `offset`: its γ and β give the same, its statistics stay. */
function restoreSplitBatchNorms(
  model: KerasModel,
  weights: ReadonlyMap<string, readonly WeightArray[]>,
  trained: ReadonlyMap<string, Float32Array>,
): void {
  for (const [path, arrays] of weights) {
    const scale = trained.get(`${path}/scale`);
    const offset = trained.get(`${path}/offset`);
    const layer = layerAt(model, path);
    if (!scale || !offset || !layer?.class.endsWith('BatchNormalization')) continue;
    const named = (name: string) => arrays[layer.weights.findIndex((weight) => weight.name === name)]?.data;
    const [gamma, beta, mean, variance] = ['gamma', 'beta', 'moving_mean', 'moving_variance'].map(named);
    if (!gamma || !beta) {
      throw new InputError(
        `The layer "${path}" is a batch normalization without gamma or beta, which cannot hold what training made of it; build it with scale=True and center=True.`,
        { layer: path },
      );
    }
    for (let channel = 0; channel < scale.length; channel++) {
      gamma[channel] = scale[channel] * Math.sqrt(variance[channel] + Number(layer.config.epsilon));
      beta[channel] = offset[channel] + mean[channel] * scale[channel];
    }
  }
}

/**
 * The trained graph with each weight as the integer program has it: dequantized, and freed of the factor γ/σ that folding
 * put into it, so that Keras's own batch normalization puts it back. Where that factor is 0 the weight stays float.
 */
export function withFakeQuantizedWeights(graph: Graph, integer: Graph): Graph {
  const byName = new Map(integer.ops.map((op) => [op.name, op]));
  const tensors = [...graph.tensors];
  for (const op of graph.ops) {
    const id = op.inputs[1];
    const quantized = byName.get(op.name)?.inputs[1];
    if (id === null || id === undefined || quantized === null || quantized === undefined) continue;
    const codes = integer.tensors[quantized];
    if (!isTrained(tensors[id]) || !codes.quantization || codes.data === undefined) continue;
    const { scales, axis } = codes.quantization;
    if (scales.length > 1 && (axis === null || codes.shape[axis] !== scales.length)) {
      throw new InputError(
        `The weights of "${op.name}" have a scale for each group of elements; export them with their float values instead.`,
        { layer: op.layers[0] ?? op.name },
      );
    }
    tensors[id] = { ...tensors[id], data: dequantizedWeights(graph, op, id, codes) };
  }
  return { ...graph, tensors };
}

function dequantizedWeights(graph: Graph, op: Op, id: TensorId, codes: Tensor): Float32Array {
  const { scales, zeroPoints, axis } = codes.quantization!;
  const own = graph.tensors[id].data as Float32Array;
  const factor = op.batchNorm ? batchNormValues(graph, op.batchNorm)?.factor : undefined;
  const channels = channelOf(codes, channelAxis(op));
  const quantizedChannel = axis === null ? () => 0 : channelOf(codes, axis);
  return own.map((value, index) => {
    const channel = quantizedChannel(index);
    const scale = scales.length === 1 ? scales[0] : scales[channel];
    const real = scale * (Number(codes.data![index]) - (zeroPoints.length === 1 ? zeroPoints[0] : zeroPoints[channel]));
    if (!factor) return real;
    const divisor = factor[channels(index)];
    return divisor === 0 ? value : real / divisor;
  });
}

/** The position of an element along an axis. */
function channelOf({ shape }: Tensor, axis: number): (index: number) => number {
  const behind = elementCount(shape.slice(axis + 1));
  const size = shape[axis] ?? 1;
  return (index) => Math.floor(index / behind) % size;
}
