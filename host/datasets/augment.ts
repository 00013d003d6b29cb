// Random changes of training images: mirroring and shifting. The n-th sample that is read gets the n-th change of the seed,
// whatever the sample is, so that a run repeats bit for bit and can be resumed.

import type { Augmentation } from '../../engine/config/schema.ts';
import { InputError } from '../../engine/errors.ts';
import type { Dataset } from '../../engine/training/dataset.ts';

/** The dataset itself where nothing is to be changed. `start` counts samples that were read before a resume. */
export function augmented(dataset: Dataset, settings: Augmentation, seed: number, start = 0): Dataset {
  const { flip, shift } = settings;
  if (flip === 'none' && shift === 0) return dataset;
  const { inputShape } = dataset;
  if (inputShape.length !== 3) {
    throw new InputError(
      `\`data.augmentation\` changes images of height×width×channels, but the model's input is ${inputShape.join('×')}; remove it.`,
      { key: 'data.augmentation' },
    );
  }
  const size = inputShape[0] * inputShape[1] * inputShape[2];
  const scratch = new Float32Array(size);
  let count = start;
  return {
    ...dataset,
    read(indices, inputs, targets) {
      dataset.read(indices, inputs, targets);
      for (let n = 0; n < indices.length; n++) {
        const image = inputs.subarray(n * size, (n + 1) * size);
        const draw = (which: number): number => random(seed, 4 * count + which);
        scratch.set(image);
        transform(scratch, image, inputShape, {
          mirrorX: (flip === 'horizontal' || flip === 'both') && draw(0) < 0.5,
          mirrorY: (flip === 'vertical' || flip === 'both') && draw(1) < 0.5,
          moveX: Math.floor(draw(2) * (2 * shift + 1)) - shift,
          moveY: Math.floor(draw(3) * (2 * shift + 1)) - shift,
        });
        count++;
      }
    },
  };
}

interface Change {
  readonly mirrorX: boolean;
  readonly mirrorY: boolean;
  /** Pixels to the right and down. */
  readonly moveX: number;
  readonly moveY: number;
}

function transform(from: Float32Array, to: Float32Array, shape: readonly number[], change: Change): void {
  const [height, width, channels] = shape;
  const { mirrorX, mirrorY, moveX, moveY } = change;
  for (let y = 0; y < height; y++) {
    const sourceY = mirrorY ? height - 1 - (y - moveY) : y - moveY;
    for (let x = 0; x < width; x++) {
      const sourceX = mirrorX ? width - 1 - (x - moveX) : x - moveX;
      const isInside = sourceY >= 0 && sourceY < height && sourceX >= 0 && sourceX < width;
      const at = (y * width + x) * channels;
      const source = (sourceY * width + sourceX) * channels;
      for (let c = 0; c < channels; c++) to[at + c] = isInside ? from[source + c] : 0;
    }
  }
}

/** A number in [0, 1) for each index: the mixing function of SplitMix32. */
function random(seed: number, index: number): number {
  let z = (Math.imul(seed, 0x85ebca6b) + Math.imul(index + 1, 0x9e3779b9)) | 0;
  z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
  return ((z ^ (z >>> 15)) >>> 0) / 2 ** 32;
}
