// A training program of a network under a scheme, with plain kernels and targets of the output's shape.
import type { Graph } from '../../../engine/graph/graph.ts';
import { referenceBackend } from '../../../engine/kernels/backend.ts';
import { SCHEMES } from '../../../engine/quantization/schemes/schemes.ts';
import { PLAIN_TRAINING } from '../../../engine/training/plan/list.ts';
import { createProgram, type Program } from '../../../engine/training/program.ts';
import { trainingModes } from '../../../engine/training/train.ts';

export function schemeSettings(name: keyof typeof SCHEMES) {
  const { target, weights, activations, overrides } = SCHEMES[name];
  return { target, weights, activations, schemeOverrides: overrides, overrides: [] };
}

export function schemeProgram(graph: Graph, settings: ReturnType<typeof schemeSettings>): Program {
  const shape = graph.tensors[graph.outputs[0]].shape.slice(1).map((size) => size ?? 1);
  return createProgram(graph, {
    batch: 2,
    settings,
    training: PLAIN_TRAINING,
    target: { kind: 'value', shape: [shape.reduce((product, size) => product * size, 1)] },
    backend: referenceBackend,
    modes: trainingModes(true),
    seed: 1,
  });
}
