// Augmentation: flips and shifts, the same for the same seed.

import { expect, test } from 'vitest';
import type { Dataset } from '../../../engine/training/dataset.ts';
import { augmented } from '../../../host/datasets/augment.ts';

const IMAGE = [1, 2, 3, 4, 5, 6];
const dataset: Dataset = {
  name: 'two rows of three',
  size: 1,
  inputShape: [2, 3, 1],
  target: { kind: 'class', classes: 2 },
  read(indices, inputs) {
    for (let n = 0; n < indices.length; n++) inputs.set(IMAGE, n * 6);
  },
};

function draw(settings: Parameters<typeof augmented>[1], count: number, seed = 0, start = 0): string[] {
  const inputs = new Float32Array(6 * count);
  augmented(dataset, settings, seed, start).read(new Array(count).fill(0), inputs, new Float32Array(count));
  return Array.from({ length: count }, (_, n) => inputs.subarray(6 * n, 6 * n + 6).join(' '));
}

test('mirrors half of the images', () => {
  const drawn = draw({ flip: 'horizontal', shift: 0 }, 2000);
  expect(new Set(drawn)).toEqual(new Set(['1 2 3 4 5 6', '3 2 1 6 5 4']));
  expect(Math.abs(drawn.filter((image) => image === '1 2 3 4 5 6').length - 1000)).toBeLessThan(100);
  expect(new Set(draw({ flip: 'both', shift: 0 }, 50)).size).toBe(4);
});

test('shifts in each direction, zeros coming in from the edge', () => {
  const drawn = new Set(draw({ flip: 'none', shift: 1 }, 300));
  expect(drawn.size).toBe(9);
  expect(drawn).toContain('0 0 0 0 1 2');
  expect(drawn).toContain('5 6 0 0 0 0');
});

test('repeats from its seed, and goes on from a count', () => {
  const settings = { flip: 'horizontal', shift: 1 } as const;
  expect(draw(settings, 20, 7)).toEqual(draw(settings, 20, 7));
  expect(draw(settings, 20, 7).slice(12)).toEqual(draw(settings, 8, 7, 12));
  expect(draw(settings, 20, 7)).not.toEqual(draw(settings, 20, 8));
});

test('is the data itself where nothing is asked, and refuses what is no image', () => {
  expect(augmented(dataset, { flip: 'none', shift: 0 }, 0)).toBe(dataset);
  expect(() => augmented({ ...dataset, inputShape: [6] }, { flip: 'horizontal', shift: 0 }, 0)).toThrow(
    /`data\.augmentation` changes images of height×width×channels, but the model's input is 6; remove it\./,
  );
});
