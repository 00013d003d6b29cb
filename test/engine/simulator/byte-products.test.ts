// The start-up test of products of bytes takes a machine that sums them whole, and none that saturates.
import { expect, it } from 'vitest';
import { sumsBytesWhole } from '../../../engine/simulator/byte-products.ts';
import { openAccelerator } from '../../../host/simulation/accelerator.ts';
import { withByteProducts } from './byte-accelerator.ts';

const accelerator = openAccelerator()!;

it.each([8, 16] as const)('plain sums of panels of %i channels pass', (panel) => {
  expect(sumsBytesWhole(withByteProducts(accelerator).open(), panel)).toBe(true);
});

it('sums that saturate do not', () => {
  const { kernels, reserve } = withByteProducts(accelerator).open();
  const row = (...values: number[]): void => {
    kernels.row(...values);
    const acc = new Int32Array(reserve(0) as ArrayBuffer, values[8], values[2] * values[10]);
    acc.forEach((sum, i) => {
      acc[i] = Math.max(-(2 ** 20), Math.min(sum, 2 ** 20));
    });
  };
  expect(sumsBytesWhole({ reserve, kernels: { ...kernels, row } }, 8)).toBe(false);
});
