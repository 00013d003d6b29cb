// What lives as long as the program, whatever runs: weights with their gradients and moments, running statistics, ranges,
// the batch. Weights lie together, those that decay first, so that one call updates them all.

import type { Graph } from '../../graph/graph.ts';
import type { Op } from '../../graph/op.ts';
import { elementCount, type TensorId } from '../../graph/tensor.ts';
import { RANGE_SIZE } from '../../kernels/memory.ts';
import { at, type Buffer, newBuffer, type Place } from './buffers.ts';
import { placeLearned } from './learned.ts';
import { type OwnPlaces, placeOwn } from './own.ts';
import type { QuantizationPlan } from './quantization-plan.ts';
import { type Layout, weightLayout } from './weight-layout.ts';

export interface Weight {
  readonly tensor: TensorId;
  readonly layout: Layout;
  readonly count: number;
  /** Floats from the start of the block of weights, and of those of gradients and moments. */
  readonly offset: number;
}

export interface Store {
  readonly weights: ReadonlyMap<TensorId, Weight>;
  /** Floats of the weights that decay, of all, and with the learned quantizers that lie behind them. */
  readonly decayed: number;
  readonly trained: number;
  readonly learned: number;
  /** Layers that are not trained: their weights lie behind all that is. */
  readonly frozen: ReadonlySet<string>;
  /** Where the learned scales of an op's weights are, by the weights' tensor, and those of ranges, by index. */
  readonly steps: ReadonlyMap<TensorId, number>;
  readonly learnedRanges: ReadonlyMap<number, number>;
  /** States of the user's own algorithms. */
  readonly own: OwnPlaces;
  readonly values: Buffer;
  readonly gradients: Buffer;
  readonly first: Buffer;
  readonly second: Buffer;
  /** Running mean and variance by tensor. */
  readonly statistics: ReadonlyMap<TensorId, Buffer>;
  readonly ranges: Buffer;
  readonly observed: Buffer;
  readonly input: Buffer;
  readonly targets: Buffer;
  readonly losses: Buffer;
  readonly hits: Buffer;
  readonly classWeights: Buffer;
  /** Probabilities of a teacher for the batch, [batch, classes]. */
  readonly teacher: Buffer;
  /** Everything above, to be placed. */
  readonly kept: readonly Buffer[];
}

export interface StoreSizes {
  readonly batch: number;
  readonly inputFloats: number;
  readonly targetFloats: number;
  readonly classes: number;
  /** Outputs of a teacher, 0 where there is none. */
  readonly teacherClasses: number;
  readonly threads: number;
  /** Names of layers that are not trained. */
  readonly frozen: ReadonlySet<string>;
}

/** Inputs of an op that are trained, as index into `inputs`; kernels (index 1) decay, biases do not. */
function trainedInputs(op: Op): readonly number[] {
  if (op.kind === 'CONV_2D' || op.kind === 'DEPTHWISE_CONV_2D' || op.kind === 'FULLY_CONNECTED') return [1, 2];
  if (op.kind === 'TRANSPOSE_CONV') return [1, 3];
  return [];
}

type Placed = readonly [TensorId, Layout];

/** Weights by how they are trained, in the order of the ops; those of frozen layers not at all. */
function sortWeights(graph: Graph, frozen: ReadonlySet<string>) {
  const groups: Record<'decaying' | 'others' | 'still', Placed[]> = { decaying: [], others: [], still: [] };
  for (const op of graph.ops) {
    const isStill = frozen.has(op.layers[0] ?? op.name);
    for (const index of trainedInputs(op)) {
      const id = op.inputs[index] ?? null;
      const group = isStill ? 'still' : index === 1 ? 'decaying' : 'others';
      if (id !== null) groups[group].push([id, weightLayout(op, index)]);
    }
    if (!op.batchNorm) continue;
    const group = frozen.has(op.batchNorm.layer) ? 'still' : 'others';
    for (const id of [op.batchNorm.gamma, op.batchNorm.beta]) if (id !== null) groups[group].push([id, 'as-is']);
  }
  return groups;
}

function planStatistics(graph: Graph): ReadonlyMap<TensorId, Buffer> {
  const norms = graph.ops.flatMap(({ batchNorm }) => (batchNorm ? [batchNorm.mean, batchNorm.variance] : []));
  return new Map(norms.map((id) => [id, newBuffer(graph.tensors[id].name, countOf(graph, id))]));
}

export function planStore(graph: Graph, quantization: QuantizationPlan, sizes: StoreSizes): Store {
  const { decaying, others, still } = sortWeights(graph, sizes.frozen);
  const statistics = planStatistics(graph);
  const weights = new Map<TensorId, Weight>();
  let end = 0;
  const add = ([tensor, layout]: Placed): void => {
    if (weights.has(tensor)) return;
    const count = countOf(graph, tensor);
    weights.set(tensor, { tensor, layout, count, offset: end });
    // Vectors of four, so that every weight starts at a 16-byte boundary.
    end += Math.ceil(count / 4) * 4;
  };
  decaying.forEach(add);
  const decayed = end;
  others.forEach(add);
  const trained = end;
  const { steps, learnedRanges, learned: ownStart } = placeLearned(graph, quantization, end);
  const own = placeOwn(graph, quantization, ownStart);
  const learned = own.end;
  // Behind what the optimizer sees.
  end = learned;
  still.forEach(add);
  const buffers = {
    values: newBuffer('weights', end),
    gradients: newBuffer('gradients', end),
    first: newBuffer('first moments', learned),
    second: newBuffer('second moments', learned),
    ranges: newBuffer('ranges', Math.max(quantization.ranges.length, 1) * RANGE_SIZE),
    observed: newBuffer('observed', Math.max(quantization.ranges.length, 1) * 2 * sizes.threads),
    input: newBuffer('input', sizes.batch * sizes.inputFloats),
    targets: newBuffer('targets', sizes.batch * sizes.targetFloats),
    losses: newBuffer('losses', sizes.batch),
    hits: newBuffer('hits', sizes.batch),
    classWeights: newBuffer('class weights', Math.max(sizes.classes, 2)),
    teacher: newBuffer('teacher', Math.max(sizes.batch * sizes.teacherClasses, 1)),
  };
  const kept = [...Object.values(buffers), ...statistics.values()];
  const { frozen } = sizes;
  return { weights, decayed, trained, learned, frozen, steps, learnedRanges, own, statistics, kept, ...buffers };
}

/** Whether a weight is one that training changes. */
export function isTrained(store: Store, id: TensorId): boolean {
  const weight = store.weights.get(id);
  return weight !== undefined && weight.offset < store.trained;
}

const countOf = (graph: Graph, id: TensorId): number => elementCount(graph.tensors[id].shape);

/** Address of a weight in one of the blocks, or 0 for an absent one. */
export function weightPlace(store: Store, block: Buffer, id: TensorId | null | undefined): Place | 0 {
  if (id === null || id === undefined) return 0;
  const weight = store.weights.get(id);
  if (weight === undefined) throw new RangeError(`Tensor ${id} is no trained weight.`);
  return at(block, weight.offset);
}
