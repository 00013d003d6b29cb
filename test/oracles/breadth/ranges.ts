// Ranges of a float graph's activations over random inputs, by the simulator: any graph, with any number of inputs.

import type { Graph } from '../../../engine/graph/graph.ts';
import type { TensorId } from '../../../engine/graph/tensor.ts';
import { observedTensors } from '../../../engine/quantization/group-grid.ts';
import { placeQuantization } from '../../../engine/quantization/placement.ts';
import type { Range, Ranges } from '../../../engine/quantization/ranges.ts';
import type { QuantizationSettings } from '../../../engine/quantization/settings.ts';
import { createSimulator } from '../../../engine/simulator/simulator.ts';

const SAMPLES = 3;

/** Inputs of integers are small indices, those of reals lie in [−1, 1). */
export function randomInput(data: ArrayLike<number | bigint>, seed: number): number[] {
  let state = seed * 2654435761;
  return Array.from(data, () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return data instanceof Float32Array ? state / 2 ** 31 : (state >>> 24) % 20;
  });
}

export function observedRanges(graph: Graph, settings: QuantizationSettings): Ranges {
  const simulator = createSimulator(graph);
  if (simulator.stops.length > 0) throw new Error(simulator.stops[0].message);
  const ranges = new Map<TensorId, Range>();
  const watched = observedTensors(placeQuantization(graph, settings));
  for (let sample = 0; sample < SAMPLES; sample++) {
    simulator.run(
      simulator.inputs.map(({ data }, i) =>
        (data.constructor as typeof Float32Array).from(randomInput(data as Float32Array, 1 + sample + 10 * i)),
      ),
    );
    for (const id of watched) {
      let { min, max } = ranges.get(id) ?? { min: 0, max: 0 };
      for (const value of simulator.tensor(id).data as Float32Array) {
        if (value < min) min = value;
        if (value > max) max = value;
      }
      ranges.set(id, { min, max });
    }
  }
  return ranges;
}
