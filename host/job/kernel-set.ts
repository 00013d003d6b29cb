// Whose arithmetic scores an integer model, named with every figure.

import type { Graph } from '../../engine/graph/graph.ts';
import type { KernelSetName } from '../../engine/simulator/kernel-sets.ts';
import type { Prepared } from './prepare.ts';

/**
 * The rounding of the target's own, the config's kernels, or the set that clamps to fewer bits where activations have other than
 * 8 or 16, which no LiteRT kernel does.
 */
export function kernelsFor(integer: Graph, { config, settings }: Pick<Prepared, 'config' | 'settings'>): KernelSetName {
  if (settings.rounding) return settings.rounding;
  return integer.tensors.some(({ quantization }) => quantization?.bits !== undefined) ? 'narrow' : config.kernels;
}
