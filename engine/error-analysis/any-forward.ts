// A float forward pass for any graph: by the training kernels where they have every op, by the simulator's otherwise.

import { InputError } from '../errors.ts';
import type { Graph } from '../graph/graph.ts';
import { type KernelBackend, referenceBackend } from '../kernels/backend.ts';
import {
  type FloatForward,
  type IsolatedForward,
  programForward,
  programIsolatedForward,
} from '../training/float-forward.ts';
import type { Feed } from '../training/plan/planner.ts';
import { simulatedForward, simulatedIsolatedForward } from './simulated-forward.ts';

export function anyForward(graph: Graph, batch: number, backend: KernelBackend = referenceBackend): FloatForward {
  return orSimulated(
    () => programForward(graph, batch, backend),
    () => simulatedForward(graph, batch),
  );
}

export function anyIsolatedForward(
  graph: Graph,
  feeds: readonly Feed[],
  batch: number,
  backend: KernelBackend = referenceBackend,
): IsolatedForward {
  return orSimulated(
    () => programIsolatedForward(graph, feeds, batch, backend),
    () => simulatedIsolatedForward(graph, feeds, batch),
  );
}

/** What cannot be trained has no training kernels: the simulator's float kernels are slower and know more. */
function orSimulated<T>(trained: () => T, simulated: () => T): T {
  try {
    return trained();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return simulated();
  }
}
