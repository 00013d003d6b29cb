// A float graph run for its activations: what calibration and error analysis look at.

import type { Graph } from '../graph/graph.ts';
import { elementCount, type TensorId } from '../graph/tensor.ts';
import { type KernelBackend, referenceBackend } from '../kernels/backend.ts';
import { INT8_SETTINGS } from '../quantization/settings.ts';
import { PLAIN_TRAINING } from './plan/list.ts';
import type { ModeName } from './plan/mode.ts';
import type { Feed } from './plan/planner.ts';
import { createProgram, type Program } from './program.ts';

export interface FloatForward {
  /** Most samples of one run. */
  readonly batch: number;
  /** Samples to be written before a run, one after the other. */
  readonly input: Float32Array;
  run(count: number): void;
  /** An activation of the last run's samples, one after the other; the next run overwrites it. */
  tensor(id: TensorId): Float32Array;
  close(): void;
}

/** A forward pass that also runs each op alone, from operands that are rounded on the way in. */
export interface IsolatedForward extends FloatForward {
  /** What the op that makes `id` computes alone. */
  isolated(id: TensorId): Float32Array;
  /** A rounded operand. */
  fed(op: string, input: number): Float32Array;
}

/** A forward pass by the training kernels. Throws an InputError for an op that they do not have. */
export function programForward(graph: Graph, batch: number, backend: KernelBackend = referenceBackend): FloatForward {
  return forwardOf(open(graph, batch, 'inspect-float', [], backend), 'inspect-float');
}

export function programIsolatedForward(
  graph: Graph,
  feeds: readonly Feed[],
  batch: number,
  backend: KernelBackend = referenceBackend,
): IsolatedForward {
  const program = open(graph, batch, 'inspect-isolated', feeds, backend);
  return {
    ...forwardOf(program, 'inspect-isolated'),
    isolated: (id) => program.isolated(id),
    fed: (op, input) => program.fed(op, input),
  };
}

function open(graph: Graph, batch: number, mode: ModeName, feeds: readonly Feed[], backend: KernelBackend): Program {
  const output = graph.tensors[graph.outputs[0]].shape.slice(1);
  return createProgram(graph, {
    batch,
    settings: INT8_SETTINGS,
    training: PLAIN_TRAINING,
    target: { kind: 'value', shape: output.map((size) => size ?? 1) },
    backend,
    modes: [mode],
    seed: 0,
    feeds,
  });
}

function forwardOf(program: Program, mode: ModeName): FloatForward {
  const { graph, options } = program;
  let samples = 0;
  return {
    batch: options.batch,
    input: program.input,
    run(count) {
      samples = count;
      program.run(mode, count);
    },
    tensor(id) {
      const sample = elementCount(graph.tensors[id].shape.slice(1));
      return program.tensor(mode, id).subarray(0, samples * sample);
    },
    close: () => program.close(),
  };
}
