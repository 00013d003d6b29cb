// The integer kernels with products of bytes in plain arithmetic, for machines that have no instruction for them.
import type { Accelerator, IntegerInstance } from '../../../engine/simulator/accelerator.ts';

export function withByteProducts(accelerator: Accelerator): Accelerator {
  return { ...accelerator, hasByteProducts: true, open: () => emulated(accelerator.open()) };
}

function emulated({ kernels, reserve }: IntegerInstance): IntegerInstance {
  return {
    reserve,
    kernels: {
      ...kernels,
      row(...values) {
        const isBytes = values.at(-1) === 1;
        if (isBytes) plainRow(reserve(0) as ArrayBuffer, values);
        else kernels.row(...values);
      },
    },
  };
}

/** `row` of assembly/products.ts, of bytes. */
function plainRow(buffer: ArrayBuffer, values: readonly number[]): void {
  const [image, step, pixels, segments, count, groups, weights, bias, acc, panels, panel] = values;
  const [bytes, codes, words] = [new Uint8Array(buffer), new Int8Array(buffer), new Int32Array(buffer)];
  for (let pixel = 0; pixel < pixels; pixel++) {
    for (let channel = 0; channel < panels * panel; channel++) {
      let sum = words[(bias >> 2) + channel];
      const [block, lane] = [Math.floor(channel / panel), channel % panel];
      for (let s = 0; s < count; s++) {
        const from = image + pixel * step + words[(segments >> 2) + s];
        for (let t = 0; t < 4 * groups; t++) {
          const group = (block * count + s) * groups + (t >> 2);
          sum += bytes[from + t] * codes[weights + (group * panel + lane) * 4 + (t & 3)];
        }
      }
      words[(acc >> 2) + pixel * panels * panel + channel] = sum;
    }
  }
}
