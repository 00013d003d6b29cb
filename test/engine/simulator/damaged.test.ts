// Damaged models of every op end in a result or one sentence, each within a second; and what still runs gives the same codes in
// WebAssembly. QUANTLENS_MUTATIONS: how many.
import { expect, it } from 'vitest';
import { InputError } from '../../../engine/errors.ts';
import type { TensorData } from '../../../engine/graph/tensor.ts';
import { readTflite } from '../../../engine/importers/tflite.ts';
import type { Accelerator } from '../../../engine/simulator/accelerator.ts';
import type { KernelSetName } from '../../../engine/simulator/kernel-sets.ts';
import { createSimulator } from '../../../engine/simulator/simulator.ts';
import { openAccelerator } from '../../../host/simulation/accelerator.ts';
import { mulberry32 } from '../../mulberry32.ts';
import { modelBytes, readCases } from '../../oracles/litert/cases.ts';
import { withByteProducts } from './byte-accelerator.ts';

const count = Number(process.env.QUANTLENS_MUTATIONS ?? 600);
const models = ['ops', 'networks'].flatMap((name) =>
  readCases(new URL(`../../oracles/litert/${name}.jsonl.gz`, import.meta.url)).filter(
    ({ error }) => error === undefined,
  ),
);
const SETS = ['reference', 'xnnpack', 'tflite-micro'] as const;
const WEBASSEMBLY = [openAccelerator()!, withByteProducts(openAccelerator()!)];
/** Emulated products of bytes are slow: most elements of the inputs of what is run twice. */
const MOST = 20_000;

/** One bit flipped, which most often leaves a file that can be read; or bits flipped, extreme words and a cut. */
function mutate(bytes: Uint8Array, next: () => number): Uint8Array {
  if (next() < 0.5) {
    const flipped = bytes.slice();
    flipped[Math.floor(next() * bytes.length)] ^= 1 << Math.floor(next() * 8);
    return flipped;
  }
  const result = bytes.slice(0, next() < 0.2 ? Math.floor(next() * bytes.length) : bytes.length);
  const view = new DataView(result.buffer);
  for (let i = Math.floor(next() * 4); i >= 0 && result.length >= 8; i--) {
    const at = Math.floor(next() * (result.length - 4));
    if (next() < 0.5) result[at] ^= 1 << Math.floor(next() * 8);
    else view.setUint32(at, [0, 1, 0x7fffffff, 0x80000000, 0xffffffff][Math.floor(next() * 5)], true);
  }
  return result;
}

function randomData(like: TensorData, next: () => number): TensorData {
  const data = like.slice();
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) return data;
  for (let i = 0; i < data.length; i++) data[i] = Math.floor(next() * 256) - 128;
  return data;
}

/** What a model makes of random inputs; the sentence that it ends in, where it does. */
function outcome(bytes: Uint8Array, kernels: KernelSetName, accelerator?: Accelerator) {
  try {
    const { subgraphs } = readTflite(bytes);
    const simulator = createSimulator(subgraphs[0], { kernels, subgraphs, accelerator });
    const next = mulberry32(5);
    simulator.run(simulator.inputs.map(({ data }) => randomData(data, next)));
    const outputs = simulator.outputs().map(({ data }) => Array.from(data as Int8Array, String).join());
    return { outputs, size: simulator.inputs.reduce((total, { size }) => total + size, 0) };
  } catch (error) {
    if (error instanceof InputError) return { sentence: error.message };
    throw error;
  }
}

it(`${count} damaged models`, () => {
  const next = mulberry32(1);
  let [slowest, compared] = [0, 0];
  for (let i = 0; i < count; i++) {
    const test = models[Math.floor(next() * models.length)];
    const bytes = mutate(modelBytes(test), next);
    const kernels = SETS[i % SETS.length];
    const started = performance.now();
    const plain = outcome(bytes, kernels);
    slowest = Math.max(slowest, performance.now() - started);
    if (plain.outputs === undefined || plain.size > MOST) continue;
    compared++;
    const fast = outcome(bytes, kernels, WEBASSEMBLY[i % 2]);
    expect(fast.outputs, `${test.name}, ${kernels}, mutation ${i}`).toEqual(plain.outputs);
  }
  expect(slowest).toBeLessThan(1000);
  expect(compared).toBeGreaterThan(count / 10);
}, 600_000);
