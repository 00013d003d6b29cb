// From a lowered graph to one whose ops are those of the integer program: the passes in their order.

import type { Graph } from '../graph.ts';
import { absorbBatchNorm } from './absorb-batch-norm.ts';
import { batchNormToMulAdd } from './batch-norm-to-mul-add.ts';
import { dropDropout } from './drop-dropout.ts';
import { dropIdentities } from './drop-identities.ts';
import { fuseActivations } from './fuse-activations.ts';
import { fuseHardSwish } from './fuse-hard-swish.ts';
import { hoistReshape, mergeReshapes } from './hoist-reshape.ts';
import { compact } from './replace-tensors.ts';
import { padToSame } from './same-padding.ts';

export interface FuseOptions {
  /** Training keeps DROPOUT; inference, the default, drops it. */
  readonly dropout?: 'drop' | 'keep';
}

type Pass = (graph: Graph) => Graph;

/** Each pass in its order, with its name for tests and traces. */
export const FUSE_PASSES: readonly (readonly [name: string, pass: Pass])[] = [
  ['merge reshapes', mergeReshapes],
  ['drop identities', dropIdentities],
  ['hoist reshapes', hoistReshape],
  ['merge reshapes again', mergeReshapes],
  ['drop identities again', dropIdentities],
  ['pad to same', padToSame],
  ['absorb batch norm', absorbBatchNorm],
  ['batch norm to mul and add', batchNormToMulAdd],
  ['fuse hard-swish', fuseHardSwish],
  ['fuse activations', fuseActivations],
  ['compact', compact],
];

/**
 * The graph as it is trained, calibrated, quantized and written: batch norms absorbed (`batchNorm`) or turned into MUL
 * and ADD, activations fused where TFLite has the option, dropout dropped.
 */
export function fuse(graph: Graph, { dropout = 'drop' }: FuseOptions = {}): Graph {
  const start = dropout === 'drop' ? dropDropout(graph) : graph;
  return FUSE_PASSES.reduce((result, [, pass]) => pass(result), start);
}
