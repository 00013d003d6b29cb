// The first tensor in which two models part: their ops in order, compared for the same inputs.

import type { TensorId } from '../../engine/graph/tensor.ts';
import type { Value } from '../../engine/simulator/kernel.ts';
import type { Simulator } from '../../engine/simulator/simulator.ts';
import { type NamedArray, sampleCount } from './simulate-arrays.ts';
import { toPort } from './values.ts';

export interface DiffSide {
  readonly tensor: TensorId;
  readonly name: string;
  readonly op: string;
}

export interface ModelDifference {
  readonly samples: number;
  /** Tensors that were compared with each other. */
  readonly compared: number;
  readonly first: {
    readonly sample: number;
    readonly left: DiffSide;
    readonly right: DiffSide;
    readonly differing: number;
    readonly size: number;
    /** Largest difference, in real values where both tensors have scales, else in codes. */
    readonly largest: number;
  } | null;
}

interface NamedSimulator {
  readonly name: string;
  readonly simulator: Simulator;
}

/**
 * Pairs the outputs of ops by name, and by place among what is left; two are comparable where their sizes agree. Real values
 * are compared where the quantization differs, codes where it is the same.
 */
export function diffModels(
  left: NamedSimulator,
  right: NamedSimulator,
  inputs: readonly NamedArray[],
): ModelDifference {
  const samples = sampleCount(left.simulator.inputs, inputs);
  sampleCount(right.simulator.inputs, inputs);
  const pairs = pairTensors(left.simulator, right.simulator);
  for (let sample = 0; sample < samples; sample++) {
    for (const { simulator } of [left, right]) {
      simulator.run(
        inputs.map(({ array, name }, i) => {
          const port = simulator.inputs[i];
          return toPort(array.data, sample * port.size, port, `Sample ${sample} of ${name}`);
        }),
      );
    }
    for (const [a, b] of pairs) {
      const [first, second] = [left.simulator.tensor(a.tensor), right.simulator.tensor(b.tensor)];
      const { differing, largest } = compareValues(first, second);
      if (differing > 0) {
        return {
          samples,
          compared: pairs.length,
          first: { sample, left: a, right: b, differing, size: first.size, largest },
        };
      }
    }
  }
  return { samples, compared: pairs.length, first: null };
}

function pairTensors(left: Simulator, right: Simulator): [DiffSide, DiffSide][] {
  const [first, second] = [left, right].map(computed);
  const byName = new Map(second.map((side) => [side.name, side]));
  const named = new Set(first.filter(({ name }) => byName.has(name)).map(({ name }) => name));
  const rest = second.filter(({ name }) => !named.has(name));
  return first.flatMap((side): [DiffSide, DiffSide][] => {
    const other = named.has(side.name) ? byName.get(side.name) : rest.shift();
    const same = other !== undefined && left.tensor(side.tensor).size === right.tensor(other.tensor).size;
    return same ? [[side, other]] : [];
  });
}

function computed(simulator: Simulator): DiffSide[] {
  return simulator.graph.ops.flatMap((op) =>
    op.outputs
      .filter((id) => simulator.isComputed(id) && simulator.tensor(id).dtype !== 'other')
      .map((tensor) => ({ tensor, name: simulator.graph.tensors[tensor].name, op: op.kind })),
  );
}

function compareValues(a: Value, b: Value): { differing: number; largest: number } {
  const codes = a.dtype === b.dtype && a.scale === b.scale && a.zeroPoint === b.zeroPoint;
  let differing = 0;
  let largest = 0;
  for (let i = 0; i < a.size; i++) {
    const [x, y] = codes ? [Number(a.data[i]), Number(b.data[i])] : [real(a, i), real(b, i)];
    if (x === y || (Number.isNaN(x) && Number.isNaN(y))) continue;
    differing++;
    const distance = Math.abs(real(a, i) - real(b, i));
    if (distance > largest) largest = distance;
  }
  return { differing, largest };
}

const real = ({ data, quantized, scale, zeroPoint, dtype }: Value, i: number): number =>
  quantized && dtype !== 'float32' ? scale * (Number(data[i]) - zeroPoint) : Number(data[i]);
