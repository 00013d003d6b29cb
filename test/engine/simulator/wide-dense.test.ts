// Dense layers of many units: their accumulators in WebAssembly end where the memory may end.
import { expect, it } from 'vitest';
import { GraphBuilder } from '../../../engine/graph/builder.ts';
import { quantize } from '../../../engine/quantization/quantize.ts';
import { INT8_SETTINGS } from '../../../engine/quantization/settings.ts';
import type { Accelerator } from '../../../engine/simulator/accelerator.ts';
import { createSimulator } from '../../../engine/simulator/simulator.ts';
import { openAccelerator } from '../../../host/simulation/accelerator.ts';
import { numbers } from '../error-analysis/network.ts';

it.each([128, 640, 1000, 2048, 4096])('%i units give the same codes in WebAssembly', (units) => {
  const builder = new GraphBuilder('dense');
  const input = builder.input('input', [null, 64]);
  const weights = builder.weight('kernel', [units, 64], numbers(units * 64, 1));
  const options = { activation: 'NONE', keepNumDims: false } as const;
  const output = builder.op('FULLY_CONNECTED', [input, weights, null], options, { name: 'output' });
  const float = builder.build([output]);
  const ranges = new Map([input, output].map((id) => [id, { min: -8, max: 8 }]));
  const integer = quantize(float, ranges, INT8_SETTINGS);
  const codes = (accelerator?: Accelerator): number[] => {
    const simulator = createSimulator(integer, { accelerator });
    simulator.run([Int8Array.from(numbers(64, 5), (x) => Math.round(x * 100))]);
    return Array.from(simulator.tensor(output).data, Number);
  };
  expect(codes(openAccelerator())).toEqual(codes());
});
