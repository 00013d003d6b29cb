// Sums of bytes by one factor an operand give the code of LiteRT's roundings for each of the 65,536 pairs, and where ties go away from
// zero they are looked up.
import { expect, it } from 'vitest';
import { GraphBuilder } from '../../../engine/graph/builder.ts';
import type { FusedActivation } from '../../../engine/graph/op.ts';
import { quantize } from '../../../engine/quantization/quantize.ts';
import { INT8_SETTINGS } from '../../../engine/quantization/settings.ts';
import type { Accelerator } from '../../../engine/simulator/accelerator.ts';
import { createSimulator } from '../../../engine/simulator/simulator.ts';
import { openAccelerator } from '../../../host/simulation/accelerator.ts';

type Range = readonly [number, number];

/** Codes of all pairs, and how often WebAssembly summed. */
function codes(
  kind: 'ADD' | 'SUB',
  ranges: readonly [Range, Range, Range],
  activation: FusedActivation,
  fast: boolean,
) {
  const builder = new GraphBuilder('sum');
  const [a, b] = ['a', 'b'].map((name) => builder.input(name, [1, 256, 256]));
  const options = { activation, potScaleInt16: false };
  const output = builder.op(kind, [a, b], options, { name: 'output' });
  const ids = [a, b, output];
  const graph = quantize(
    builder.build([output]),
    new Map(ids.map((id, i) => [id, { min: ranges[i][0], max: ranges[i][1] }])),
    INT8_SETTINGS,
  );
  let sums = 0;
  const real = openAccelerator()!;
  const open: Accelerator['open'] = () => {
    const instance = real.open();
    const sumByFactors = (...values: number[]): void => {
      sums++;
      instance.kernels.sumByFactors(...values);
    };
    return { ...instance, kernels: { ...instance.kernels, sumByFactors } };
  };
  const simulator = createSimulator(graph, fast ? { accelerator: { ...real, open } } : {});
  simulator.run([Int8Array.from({ length: 65536 }, (_, i) => i >> 8), Int8Array.from({ length: 65536 }, (_, i) => i)]);
  return { codes: Array.from(simulator.tensor(output).data, Number), sums };
}

const RANGES: readonly (readonly [Range, Range, Range])[] = [
  [[-1, 1], [-2, 3], [-2.5, 3.7]],
  [[0, 5], [-3, 3], [0, 6]],
  [[-7, 0], [0, 1], [-7, 0.9]],
  [[-1, 1], [-1, 1], [-2, 2]],
  [[-0.01, 0.02], [-4, 5], [-4, 5]],
]; // biome-ignore format: three ranges a line

it.each(RANGES.flatMap((ranges) => (['ADD', 'SUB'] as const).map((kind) => ({ ranges, kind }))))(
  '$kind of $ranges',
  ({ ranges, kind }) => {
    for (const activation of ['NONE', 'RELU', 'RELU6'] as const) {
      const [fast, plain] = [true, false].map((isFast) => codes(kind, ranges, activation, isFast));
      expect(fast.codes).toEqual(plain.codes);
      expect(fast.sums).toBe(1);
    }
  },
);

it('of scales that no factors fit', () => {
  const ranges: readonly [Range, Range, Range] = [[0, 10], [-26, 28], [0, 32]]; // biome-ignore format: ranges
  const [fast, plain] = [true, false].map((isFast) => codes('ADD', ranges, 'NONE', isFast));
  expect(fast.codes).toEqual(plain.codes);
  expect(fast.sums).toBe(0);
});
