// What the integers of a model's layers do over samples: how many codes lie at the ends of their type, how many bits the
// accumulators used, and how many they could ever need.

import type { Op } from '../../engine/graph/op.ts';
import { codeRange, isInteger, type Value } from '../../engine/simulator/kernel.ts';
import { createSimulator, type Simulator } from '../../engine/simulator/simulator.ts';
import { type NamedArray, sampleCount } from './simulate-arrays.ts';
import { toPort } from './values.ts';

export interface LayerStatistics {
  readonly tensor: number;
  readonly name: string;
  readonly op: string;
  /** Share of codes at an end of their type; null for tensors without codes. */
  readonly saturated: number | null;
  /** Bits, the sign included, of the largest accumulator; null for ops without. */
  readonly accumulatorBits: number | null;
  /** Bits that the weights and the input's range allow at most. */
  readonly worstBits: number | null;
  /** True if an int32 accumulator could overflow for some input. */
  readonly canOverflow: boolean;
}

/** Runs all samples once more, in TypeScript, watching. */
export function measureLayers(model: Simulator, inputs: readonly NamedArray[]): LayerStatistics[] {
  const { graph } = model;
  const largest = new Float64Array(graph.ops.length).fill(-1);
  const simulator = createSimulator(graph, {
    kernels: model.kernels,
    onAccumulators: (index, acc, count) => {
      for (let i = 0; i < count; i++) if (Math.abs(acc[i]) > largest[index]) largest[index] = Math.abs(acc[i]);
    },
  });
  const samples = sampleCount(simulator.inputs, inputs);
  const ends = new Float64Array(graph.ops.length);
  for (let sample = 0; sample < samples; sample++) {
    simulator.run(
      inputs.map(({ array, name }, i) => {
        const port = simulator.inputs[i];
        return toPort(array.data, sample * port.size, port, `Sample ${sample} of ${name}`);
      }),
    );
    graph.ops.forEach((op, i) => {
      const id = op.outputs[0];
      if (id !== undefined && simulator.isComputed(id)) ends[i] += atEnds(simulator.tensor(id));
    });
  }
  return graph.ops.flatMap((op, i): LayerStatistics[] => {
    const id = op.outputs[0];
    if (id === undefined || !simulator.isComputed(id)) return [];
    const value = simulator.tensor(id);
    const worst = worstAccumulator(op, simulator);
    return [
      {
        tensor: id,
        name: value.name,
        op: op.kind,
        saturated: value.quantized && isInteger(value.dtype) ? ends[i] / (samples * value.size) : null,
        accumulatorBits: largest[i] < 0 ? null : bits(largest[i]),
        worstBits: worst === null ? null : bits(worst),
        canOverflow: worst !== null && worst >= 2 ** 31 && value.dtype !== 'int16',
      },
    ];
  });
}

/** Two's complement bits of a magnitude. */
const bits = (magnitude: number): number => 1 + Math.ceil(Math.log2(magnitude + 1));

function atEnds(value: Value): number {
  if (!value.quantized || !isInteger(value.dtype)) return 0;
  const [low, high] = codeRange(value.dtype);
  let count = 0;
  for (let i = 0; i < value.size; i++) if (value.data[i] === low || value.data[i] === high) count++;
  return count;
}

/** Largest sum of |weight| times the farthest input code from its zero point, and the bias, over the channels. */
function worstAccumulator(op: Op, simulator: Simulator): number | null {
  if (op.kind !== 'CONV_2D' && op.kind !== 'DEPTHWISE_CONV_2D' && op.kind !== 'FULLY_CONNECTED') return null;
  const [input, weights, bias] = [0, 1, 2].map((i) => {
    const id = op.inputs[i] ?? null;
    return id === null ? null : simulator.tensor(id);
  });
  if (input === null || weights === null || !isInteger(input.dtype) || weights.dtype === 'float32') return null;
  const [low, high] = codeRange(input.dtype);
  const reach = Math.max(high - input.zeroPoint, input.zeroPoint - low);
  const depthwise = op.kind === 'DEPTHWISE_CONV_2D';
  const channels = depthwise ? weights.shape[3] : weights.shape[0];
  const taps = weights.size / channels;
  let worst = 0;
  for (let c = 0; c < channels; c++) {
    let sum = 0;
    for (let t = 0; t < taps; t++) {
      sum += Math.abs(Number(weights.data[depthwise ? t * channels + c : c * taps + t]) - weights.zeroPoint);
    }
    worst = Math.max(worst, sum * reach + Math.abs(Number(bias?.data[c] ?? 0)));
  }
  return worst;
}
