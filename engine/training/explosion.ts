// Why a loss is not a number: the first layer whose values left the ordinary, in words.

import type { Graph } from '../graph/graph.ts';
import type { Op } from '../graph/op.ts';
import { MODES, type ModeName } from './plan/mode.ts';
import { perImage } from './plan/planner.ts';
import type { Program } from './program.ts';

/** Activations and losses of a network that still learns are smaller, and its gradient is not so long. */
const ORDINARY = 1e6;
const ORDINARY_GRADIENT = 1e9;

/**
 * After a run of a training mode, before the update: what exploded, or null. A cross-entropy is cut off where a probability
 * vanishes, and fake-quantization clamps: the loss may stay small while weights run away.
 */
export function explosionOf(program: Program, mode: ModeName, loss: number, gradientNorm: number): Exploded | null {
  if (!(Math.abs(loss) <= ORDINARY)) return { what: 'loss', value: loss };
  if (!(gradientNorm < ORDINARY_GRADIENT)) return { what: 'gradient', value: gradientNorm };
  const largest = MODES[mode].observing ? largestObserved(program) : 0;
  return largest > ORDINARY ? { what: 'activation', value: largest } : null;
}

/** What has not been seen is −Infinity here. */
function largestObserved(program: Program): number {
  const observed = program.view(program.store.observed);
  let largest = 0;
  for (let i = 0; i < observed.length; i += 2) largest = Math.max(largest, -observed[i], observed[i + 1]);
  return largest;
}

/** What of a step left the ordinary: the loss, the norm of all gradients, or the largest activation. */
export interface Exploded {
  readonly what: 'loss' | 'gradient' | 'activation';
  readonly value: number;
}

/** One or two full sentences for the user. The batch of the step is still in the program. */
export function describeExplosion(
  program: Program,
  mode: ModeName,
  count: number,
  step: number,
  { what, value }: Exploded,
): string {
  const how = Number.isFinite(value) ? `exploded to ${value.toExponential(1)}` : 'is not a number any more';
  const start = `The ${what} ${how} at step ${step}`;
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
