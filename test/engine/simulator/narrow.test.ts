// 4-bit activations: the kernel set that clamps to them, beside LiteRT's, which clamps to int8.
import { expect, it } from 'vitest';
import { quantize } from '../../../engine/quantization/quantize.ts';
import { INT8_SETTINGS } from '../../../engine/quantization/settings.ts';
import { createSimulator } from '../../../engine/simulator/simulator.ts';
import { network, numbers, rangesOf } from '../error-analysis/network.ts';

it('clamps to the bits of a tensor where the kernel set says so', () => {
  const graph = network();
  const idOf = (name: string): number => graph.tensors.findIndex((tensor) => tensor.name === name);
  const settings = { ...INT8_SETTINGS, activations: { ...INT8_SETTINGS.activations, bits: 4 } };
  // A range that is too small by far: many values must be clamped.
  const ranges = new Map(rangesOf(graph)).set(idOf('first'), { min: 0, max: 0.5 });
  const integer = quantize(graph, ranges, settings);
  const first = idOf('first');
  expect(integer.tensors[first].quantization?.bits).toBe(4);
  const codes = (kernels: 'reference' | 'narrow'): number[] => {
    const simulator = createSimulator(integer, { kernels });
    simulator.run([Int8Array.from(numbers(32, 5), (x) => Math.round(x * 7))]);
    return Array.from(simulator.tensor(first).data, Number);
  };
  const [wide, narrow] = [codes('reference'), codes('narrow')];
  expect(Math.max(...wide)).toBeGreaterThan(7);
  expect(narrow).toEqual(wide.map((code) => Math.min(Math.max(code, -8), 7)));
});
