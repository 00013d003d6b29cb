// What a backend must show before it is used: on small whole numbers, whose sums are exact in whatever order, and in
// fake-quantization, whose arithmetic is fixed, its answers are those of the plain reference kernels to the bit.

import { type KernelBackend, type KernelCall, runReference } from './backend.ts';
import { CONTROL, type Memory, memoryOver, RANGE } from './memory.ts';
import { deriveGrid } from './reference/ranges.ts';

const BYTES = 1 << 18;
const IMAGES = 2;
/** Byte addresses of the test's data. */
const AT = {
  range: 256,
  x: 1 << 12,
  weights: 1 << 15,
  panels: 1 << 16,
  dy: 3 << 15,
  out: 1 << 17,
  scratch: 3 << 16,
} as const;

const window = (size: number, inC: number, outC: number, stride: number) => ({
  inH: size, inW: size, inC, outH: size / stride, outW: size / stride, outC, kernelH: 3, kernelW: 3,
  strideH: stride, strideW: stride, dilationH: 1, dilationW: 1, padTop: stride === 1 ? 1 : 0, padLeft: stride === 1 ? 1 : 0,
}); // biome-ignore format: a grid of numbers

/** The calls, each with the floats at `out` that it writes. */
function testCalls(panel: number): readonly { readonly call: KernelCall; readonly floats: number }[] {
  const scratch = { scratch: AT.scratch, scratchStride: 0 };
  const wide = window(6, 5, 18, 1);
  const strided = window(6, 8, 16, 2);
  const layout = (w: { outH: number; outW: number; outC: number }) => ({
    outImage: w.outH * w.outW * w.outC,
    outRow: w.outW * w.outC,
    outPixel: w.outC,
  });
  const conv = { x: AT.x, panels: AT.panels, out: AT.out, panel, pointwise: 0, accumulate: 0, ...scratch };
  const filter = { x: AT.x, dy: AT.dy, partials: AT.out, pointwise: 0, parts: 2, ...scratch };
  const depthwise = { x: AT.x, weights: AT.weights, out: AT.out, ...window(6, 20, 20, 1), ...scratch };
  const elements = { u: AT.x, scale: 0, offset: 0, addend: AT.dy, out: AT.out, pixels: 9, channels: 21 };
  const call = (kernel: KernelCall['kernel'], parameters: object, floats: number) => ({
    call: { kernel, parameters, op: '' } as unknown as KernelCall,
    floats,
  });
  return [
    call('conv2d', { ...conv, ...wide, ...layout(wide) }, IMAGES * 36 * 18),
    call('conv2d', { ...conv, ...strided, ...layout(strided) }, IMAGES * 9 * 16),
    call('convFilterGradient', { ...filter, ...wide }, 2 * 45 * 18),
    call('depthwise', depthwise, IMAGES * 36 * 20),
    call('affine', { ...elements, activation: 1, range: AT.range, observed: 0 }, IMAGES * 9 * 21),
  ];
}

/** Whole numbers from −4 to 4 where kernels multiply and add, fractions where they quantize. */
function fill({ f32, i32 }: Memory, fractions: boolean): void {
  i32[CONTROL.batch] = IMAGES;
  i32[CONTROL.threads] = 1;
  let state = 1;
  for (let i = AT.x >> 2; i < AT.out >> 2; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    f32[i] = fractions ? state / 2 ** 29 : ((state >>> 8) % 9) - 4;
  }
  const at = AT.range >> 2;
  f32.set([-3.1, 2.7], at);
  f32[at + RANGE.codeMin] = -128;
  f32[at + RANGE.codeMax] = 127;
  deriveGrid(f32, at);
}

/** Null if the backend may be used, or what is wrong with it. */
export function selfTest(backend: KernelBackend): string | null {
  const calls = testCalls(backend.panel(18));
  const machine = backend.open(BYTES, calls.length);
  const expected = memoryOver(new ArrayBuffer(BYTES));
  try {
    for (const [index, { call, floats }] of calls.entries()) {
      const fractions = call.kernel === 'affine';
      fill(machine.memory, fractions);
      fill(expected, fractions);
      machine.add(`${index}`, [call]);
      machine.run(`${index}`);
      runReference(call, expected);
      for (let i = AT.out >> 2; i < (AT.out >> 2) + floats; i++) {
        if (machine.memory.f32[i] !== expected.f32[i]) return `the self-test of ${call.kernel} gave another answer`;
      }
    }
    return null;
  } finally {
    machine.close();
  }
}
