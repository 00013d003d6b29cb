// Whose arithmetic scores an integer model, named with every figure.

import type { Graph } from '../../engine/graph/graph.ts';
import type { KernelSetName } from '../../engine/simulator/kernel-sets.ts';

/** LiteRT's reference kernels; the set that clamps to fewer bits where activations have other than 8 or 16, which no LiteRT kernel does. */
export function kernelsFor(integer: Graph): KernelSetName {
  return integer.tensors.some(({ quantization }) => quantization?.bits !== undefined) ? 'narrow' : 'reference';
}
