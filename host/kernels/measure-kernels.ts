// How fast the kernels of this process multiply, on all threads: a 3×3 convolution of 32 images of 16×16, 32 to 32 channels, and a
// product of two 512×512 matrices.

import type { KernelBackend, KernelCall, Machine } from '../../engine/kernels/backend.ts';
import { CONTROL } from '../../engine/kernels/memory.ts';

const IMAGES = 32;
const SIZE = 16;
const CHANNELS = 32;
/** Byte addresses of input, weights and output, and of the threads' scratch. */
const AT = { x: 1 << 20, panels: 1 << 19, out: 1 << 22, scratch: 1 << 23 } as const;
const SCRATCH_BYTES = 1 << 18;

/** The best of several runs, in 10⁹ multiplications and additions a second. */
export function measureGflops(backend: KernelBackend): number {
  const machine = backend.open(AT.scratch + backend.threads * SCRATCH_BYTES, 1);
  const { f32, i32 } = machine.memory;
  i32[CONTROL.batch] = IMAGES;
  f32.fill(0.5, AT.panels >> 2, AT.out >> 2);
  const parameters = {
    x: AT.x,
    panels: AT.panels,
    out: AT.out,
    ...{ inH: SIZE, inW: SIZE, inC: CHANNELS, outH: SIZE, outW: SIZE, outC: CHANNELS, kernelH: 3, kernelW: 3 },
    ...{ strideH: 1, strideW: 1, dilationH: 1, dilationW: 1, padTop: 1, padLeft: 1 },
    panel: backend.panel(CHANNELS),
    outImage: SIZE * SIZE * CHANNELS,
    outRow: SIZE * CHANNELS,
    outPixel: CHANNELS,
    ...{ pointwise: 0, accumulate: 0, scratch: AT.scratch, scratchStride: SCRATCH_BYTES },
  };
  const call: KernelCall = { kernel: 'conv2d', parameters, op: '' };
  return best(machine, call, 2 * IMAGES * SIZE * SIZE * 9 * CHANNELS * CHANNELS);
}

/** The same of a matrix product, which is a 1×1 convolution of one row of pixels: the most that these kernels reach. */
export function measureGemm(backend: KernelBackend): number {
  const size = 512;
  const machine = backend.open(AT.scratch + backend.threads * SCRATCH_BYTES, 1);
  machine.memory.i32[CONTROL.batch] = 1;
  machine.memory.f32.fill(0.5, AT.panels >> 2, AT.out >> 2);
  const parameters = {
    x: 3 << 20,
    panels: AT.x,
    out: AT.out,
    ...{ inH: 1, inW: size, inC: size, outH: 1, outW: size, outC: size, kernelH: 1, kernelW: 1 },
    ...{ strideH: 1, strideW: 1, dilationH: 1, dilationW: 1, padTop: 0, padLeft: 0 },
    panel: backend.panel(size),
    ...{ outImage: size * size, outRow: size * size, outPixel: size },
    ...{ pointwise: 1, accumulate: 0, scratch: AT.scratch, scratchStride: SCRATCH_BYTES },
  };
  return best(machine, { kernel: 'conv2d', parameters, op: '' }, 2 * size ** 3, 40);
}

function best(machine: Machine, call: KernelCall, operations: number, rounds = 3): number {
  machine.add('measure', [call]);
  let most = 0;
  const begun = performance.now();
  // V8 compiles hot functions anew after some runs: at least half a second, and some runs of whatever length.
  for (let round = 0; round < rounds || performance.now() - begun < 500; round++) {
    const start = performance.now();
    machine.run('measure');
    most = Math.max(most, operations / (performance.now() - start) / 1e6);
  }
  machine.close();
  return most;
}
