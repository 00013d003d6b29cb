// Whose arithmetic scores an integer model, named with every figure.

import type { QuantConfig } from '../../engine/config/schema.ts';
import type { Graph } from '../../engine/graph/graph.ts';
import type { KernelSetName } from '../../engine/simulator/kernel-sets.ts';

/** The config's, or the set that clamps to fewer bits where activations have other than 8 or 16, which no LiteRT kernel does. */
export function kernelsFor(integer: Graph, { kernels }: Pick<QuantConfig, 'kernels'>): KernelSetName {
  return integer.tensors.some(({ quantization }) => quantization?.bits !== undefined) ? 'narrow' : kernels;
}
