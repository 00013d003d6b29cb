// The WebAssembly kernels against the plain reference kernels: random shapes, on one thread and on three, every build that
// this Node can run. The whole memory is compared, so a write beside the output is found, too.
import { describe, expect, it } from 'vitest';
import { type KernelBackend, runReference } from '../../../engine/kernels/backend.ts';
import { WASM_KERNELS } from '../../../engine/kernels/kernel-ids.ts';
import { CONTROL, type Memory, memoryOver, RANGE, RANGE_SIZE } from '../../../engine/kernels/memory.ts';
import { deriveGrid } from '../../../engine/kernels/reference/ranges.ts';
import { chooseBackend } from '../../../host/kernels/open-backend.ts';
import { knownVariants } from '../../../host/kernels/variant.ts';
import { TOLERANCE } from '../../tolerances.ts';
import { randomNumbers } from '../training/networks.ts';
import { type Draw, drawCall, type WasmKernel } from './cases.ts';

const BYTES = 1 << 22;
const SCRATCH_FLOATS = 1 << 16;
const THREADS = 3;
const SCRATCH = BYTES - THREADS * SCRATCH_FLOATS * 4;
const OBSERVED = 1024;
const DRAWS = 12;

/** Sums in another order; all others have the bits of the reference. */
const ROUNDED: ReadonlySet<WasmKernel> = new Set<WasmKernel>([
  'conv2d',
  'convFilterGradient',
  'depthwise',
  'depthwiseInputGradient',
  'depthwiseFilterGradient',
  'channelSums',
  'affineGradientSums',
  'affineGradient',
  'softmaxCrossEntropy',
  'rangeSums',
  'binaryGradient',
  'unary',
  'unaryGradient',
  'sigmoidCrossEntropy',
]);

/** Values of one run: everything is random, ranges have grids, labels are classes. */
function setUp(memory: Memory, kernel: WasmKernel, seed: number) {
  const { f32, i32 } = memory;
  const random = randomNumbers(seed);
  const int = (low: number, high: number): number => low + Math.floor((random() + 1) * 0.5 * (high - low + 1));
  const batch = int(1, 5);
  for (let i = 64; i < SCRATCH >> 2; i++) f32[i] = random() * 3;
  i32[CONTROL.batch] = batch;
  i32[CONTROL.observedStride] = 64;
  f32[CONTROL.rate] = 1e-2;
  i32[CONTROL.step] = 1 + (seed % 7);
  i32[CONTROL.seed] = seed;
  for (let i = 0; i < 64; i++) f32[(OBSERVED >> 2) + i] = i % 2 === 0 ? Infinity : -Infinity;
  let free = 4096;
  const area = (floats: number): number => {
    const at = free;
    free += Math.ceil(floats / 16) * 64 + 64;
    if (free > SCRATCH) throw new RangeError('The case is too large.');
    return at;
  };
  const range = (): number => {
    if (int(0, 3) === 0) return 0;
    const at = area(RANGE_SIZE);
    f32[(at >> 2) + RANGE.codeMin] = -128;
    f32[(at >> 2) + RANGE.codeMax] = 127;
    f32[(at >> 2) + RANGE.symmetric] = int(0, 1);
    f32[(at >> 2) + RANGE.observer] = int(0, 3);
    f32[(at >> 2) + RANGE.keep] = 0.9;
    deriveGrid(f32, at >> 2);
    return at;
  };
  const table = (count: number, value: (i: number) => number): number => {
    const at = area(count);
    for (let i = 0; i < count; i++) f32[(at >> 2) + i] = value(i);
    return at;
  };
  const draw: Draw = {
    int,
    pick: (...values) => values[int(0, values.length - 1)],
    area,
    maybe: (floats) => (int(0, 1) === 0 ? 0 : area(floats)),
    range,
    indices: (count, limit) => table(count, () => int(0, limit - 1)),
    neighbours: (count, limit) => table(3 * count, (i) => (i % 3 === 2 ? int(0, 8) / 8 : int(0, limit - 1))),
    observed: () => (int(0, 1) === 0 ? 0 : OBSERVED),
    batch,
    scratch: { scratch: SCRATCH, scratchStride: SCRATCH_FLOATS * 4 },
  };
  const call = drawCall(kernel, draw);
  prepare(memory, call);
  return call;
}

/** What some kernels ask of their inputs. */
function prepare(memory: Memory, call: ReturnType<typeof drawCall>): void {
  const { f32 } = memory;
  const batch = memory.i32[CONTROL.batch];
  if (call.kernel === 'maxPoolGradient') {
    const { y, ...rest } = call.parameters;
    runReference({ kernel: 'maxPool', op: '', parameters: { ...rest, out: y } }, memory);
  }
  if (call.kernel === 'softmaxCrossEntropy') {
    const { labels, classes } = call.parameters;
    for (let n = 0; n < batch; n++) f32[(labels >> 2) + n] = (n * 7) % classes;
  }
  if (call.kernel === 'adam') {
    const { second, count } = call.parameters;
    for (let i = 0; i < count; i++) f32[(second >> 2) + i] = Math.abs(f32[(second >> 2) + i]);
  }
  if (call.kernel === 'quantizeBias') {
    const { scales, channels } = call.parameters;
    for (let i = 0; i < channels; i++) f32[(scales >> 2) + i] = Math.abs(f32[(scales >> 2) + i]) + 0.01;
  }
}

/** Minimum and maximum over all threads' slots, in the first. */
function mergeObserved({ f32 }: Memory): void {
  const at = OBSERVED >> 2;
  for (let slot = 1; slot < THREADS; slot++) {
    f32[at] = Math.min(f32[at], f32[at + slot * 16]);
    f32[at + 1] = Math.max(f32[at + 1], f32[at + slot * 16 + 1]);
    f32[at + slot * 16] = Infinity;
    f32[at + slot * 16 + 1] = -Infinity;
  }
}

function compare(kernel: WasmKernel, actual: Float32Array, expected: Float32Array): void {
  let largest = 0;
  for (let i = 64; i < SCRATCH >> 2; i++)
    if (Math.abs(expected[i]) < 1e30) largest = Math.max(largest, Math.abs(expected[i]));
  const allowed = ROUNDED.has(kernel) ? TOLERANCE.kernelSums * largest : 0;
  for (let i = 64; i < SCRATCH >> 2; i++) {
    if (actual[i] === expected[i] || Math.abs(actual[i] - expected[i]) <= allowed) continue;
    if (Number.isNaN(actual[i]) && Number.isNaN(expected[i])) continue;
    expect.fail(`float ${i} is ${actual[i]}, not ${expected[i]}`);
  }
}

function check(backend: KernelBackend, kernel: WasmKernel): void {
  const machine = backend.open(BYTES, DRAWS);
  const size = SCRATCH >> 2;
  try {
    for (let seed = 1; seed <= DRAWS; seed++) {
      const reference = memoryOver(new ArrayBuffer(BYTES));
      const call = setUp(reference, kernel, seed * 1009);
      reference.i32[CONTROL.threads] = backend.threads;
      machine.memory.f32.set(reference.f32.subarray(64, size), 64);
      for (const word of [CONTROL.batch, CONTROL.observedStride, CONTROL.rate, CONTROL.step, CONTROL.seed]) {
        machine.memory.i32[word] = reference.i32[word];
      }
      machine.add(`${seed}`, [call]);
      machine.run(`${seed}`);
      runReference(call, reference);
      if (kernel !== 'updateRanges') mergeObserved(machine.memory);
      compare(kernel, machine.memory.f32, reference.f32);
    }
  } finally {
    machine.close();
  }
}

for (const { name } of knownVariants()) {
  describe(`${name} kernels against the reference`, () => {
    for (const threads of [1, THREADS]) {
      const { backend, attempts } = chooseBackend({ only: name, threads });
      it(`pass the self-test with ${threads} threads`, () =>
        expect(attempts.map(({ problem }) => problem)).toEqual([null]));
      for (const kernel of Object.keys(WASM_KERNELS) as WasmKernel[]) {
        it(`${kernel}, ${threads} threads`, () => check(backend, kernel));
      }
    }
  });
}
