// Weights of a pruned model that are 0 stay 0 (TFMOT's prune-preserving QAT): after each update they are set to 0 again.

import type { TensorId } from '../../graph/tensor.ts';
import { at } from './buffers.ts';
import type { Planner } from './planner.ts';
import { toKernelLayout } from './weight-layout.ts';

/** Kernels count, biases and batch norms do not; without zeros there is nothing to do. */
export function planKeptZeros(c: Planner): void {
  const zeros = zerosOf(c);
  if (zeros.length === 0) return;
  c.emitOwn(null, { values: at(c.store.values) }, ({ values }, { f32 }) => {
    for (const index of zeros) f32[(values >> 2) + index] = 0;
  });
}

/** Indices into the block of weights. */
function zerosOf({ graph, store }: Planner): Uint32Array {
  const kernels = new Set<TensorId>(graph.ops.flatMap((op) => op.inputs[1] ?? []));
  const zeros: number[] = [];
  for (const { tensor, layout, offset, count } of store.weights.values()) {
    const { data, shape } = graph.tensors[tensor];
    if (!kernels.has(tensor) || !(data instanceof Float32Array)) continue;
    const values = new Float32Array(count);
    toKernelLayout(data, shape, layout, values);
    for (const [index, value] of values.entries()) if (value === 0) zeros.push(offset + index);
  }
  return Uint32Array.from(zeros);
}
