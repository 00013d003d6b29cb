// A float graph run for its activations: what calibration and error analysis look at.

import type { Graph } from '../graph/graph.ts';
import { elementCount, type TensorId } from '../graph/tensor.ts';
import { type KernelBackend, referenceBackend } from '../kernels/backend.ts';
import { INT8_SETTINGS } from '../quantization/settings.ts';
import { createProgram } from './program.ts';

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

/** A forward pass by the training kernels. Throws an InputError for an op that they do not have. */
export function programForward(graph: Graph, batch: number, backend: KernelBackend = referenceBackend): FloatForward {
  const output = graph.tensors[graph.outputs[0]].shape.slice(1);
  const program = createProgram(graph, {
    batch,
    settings: INT8_SETTINGS,
    training: {
      loss: 'mean-squared-error',
      optimizer: { kind: 'sgd', momentum: 0, nesterov: false },
      weightDecay: 0,
      labelSmoothing: 0,
      classWeights: null,
    },
    target: { kind: 'value', shape: output.map((size) => size ?? 1) },
    backend,
    modes: ['inspect-float'],
    seed: 0,
  });
  let samples = 0;
  return {
    batch,
    input: program.input,
    run(count) {
      samples = count;
      program.run('inspect-float', count);
    },
    tensor(id) {
      const sample = elementCount(graph.tensors[id].shape.slice(1));
      return program.tensor('inspect-float', id).subarray(0, samples * sample);
    },
    close: () => program.close(),
  };
}
