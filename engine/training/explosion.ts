// Why a loss is not a number: the first layer whose values left the ordinary, in words.

import type { Graph } from '../graph/graph.ts';
import type { Op } from '../graph/op.ts';
import type { ModeName } from './plan/mode.ts';
import { perImage } from './plan/planner.ts';
import type { Program } from './program.ts';

/** Activations of a network that still learns are smaller. */
const ORDINARY = 1e6;

/** One or two full sentences for the user. The batch of the step is still in the program. */
export function describeExplosion(program: Program, mode: ModeName, count: number, step: number, loss: number): string {
  const what = Number.isFinite(loss) ? `exploded to ${loss.toExponential(1)}` : 'is not a number any more';
  const start = `The loss ${what} at step ${step}`;
  const advice = 'Lower `training.learningRate`, or check the data and its preprocessing.';
  if (Array.from(program.input).some((value) => !Number.isFinite(value))) {
    return `${start}: the input data of this step has values that are not numbers. Check the data and its preprocessing.`;
  }
  const op = firstExplosion(program, count);
  const layer = op === null ? '' : `; the layer ${op.layers[0] ?? op.name} is the first whose values exploded`;
  return `${start} (${mode})${layer}. ${advice}`;
}

/** The first op, in the order of the graph, with a value that is not finite or not ordinary. */
function firstExplosion(program: Program, count: number): Op | null {
  const { graph } = program;
  if (!program.options.modes.includes('inspect-float')) return null;
  program.run('inspect-float', count);
  return graph.ops.find((op) => op.outputs.some((id) => isExploded(program, graph, id, count))) ?? null;
}

function isExploded(program: Program, graph: Graph, id: number, count: number): boolean {
  const values = program.tensor('inspect-float', id).subarray(0, count * perImage(graph, id));
  return values.some((value) => !(Math.abs(value) < ORDINARY));
}
