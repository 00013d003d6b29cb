// A simulator with what this host can give it: WebAssembly where there is a build of it.

import type { Graph } from '../../engine/graph/graph.ts';
import type { KernelSetName } from '../../engine/simulator/kernel-sets.ts';
import { createSimulator, type Simulator, type SimulatorOptions } from '../../engine/simulator/simulator.ts';
import { openAccelerator } from './accelerator.ts';

/** `main`: the subgraph that is run, which may call the others. */
export function openSimulator(
  subgraphs: readonly Graph[],
  kernels: KernelSetName,
  { main = 0, ...options }: SimulatorOptions & { readonly main?: number } = {},
): Simulator {
  const accelerator = openAccelerator();
  return createSimulator(subgraphs[main], {
    ...options,
    kernels,
    subgraphs,
    ...(accelerator === undefined ? {} : { accelerator }),
  });
}
