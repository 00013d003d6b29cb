// A committed part of the oracle sweep: single ops of every kind and type, and networks of TensorFlow's converter.
import { describe, expect, it } from 'vitest';
import { InputError } from '../../../engine/errors.ts';
import { writeTfliteModel } from '../../../engine/exporters/tflite.ts';
import { readTflite } from '../../../engine/importers/tflite.ts';
import type { Accelerator } from '../../../engine/simulator/accelerator.ts';
import type { KernelSetName } from '../../../engine/simulator/kernel-sets.ts';
import { createSimulator } from '../../../engine/simulator/simulator.ts';
import { openAccelerator } from '../../../host/simulation/accelerator.ts';
import { type Case, compare, modelBytes, readCases } from '../../oracles/litert/cases.ts';
import { withByteProducts } from './byte-accelerator.ts';

const open = (file: string): Case[] =>
  readCases(new URL(`../../oracles/litert/${file}`, import.meta.url)).filter(({ error }) => error === undefined);
const ops = open('ops.jsonl.gz');
const networks = open('networks.jsonl.gz');

const bad = (cases: readonly Case[], run: (test: Case) => ReturnType<typeof compare>) =>
  cases.map(run).filter(({ differing, stopped }) => differing > 0 || stopped !== undefined);

describe('LiteRT reference kernels', () => {
  it(`has ${ops.length} models of one op and ${networks.length} networks`, () => {
    expect(ops.length).toBeGreaterThan(180);
    expect(networks.length).toBeGreaterThan(20);
  });
  it('every op and type, in TypeScript', () => expect(bad(ops, (test) => compare(test, 'reference'))).toEqual([]));
  it('every op and type, in WebAssembly', () => {
    const accelerator = openAccelerator();
    expect(accelerator).toBeDefined();
    expect(bad(ops, (test) => compare(test, 'reference', undefined, accelerator))).toEqual([]);
  });
  it('every op and type, and networks, with products of bytes', () => {
    const accelerator = withByteProducts(openAccelerator()!);
    expect(bad([...ops, ...networks], (test) => compare(test, 'reference', undefined, accelerator))).toEqual([]);
  });
  it('every tensor of networks', () => {
    const accelerator = openAccelerator();
    expect(bad(networks, (test) => compare(test, 'reference', undefined, accelerator))).toEqual([]);
  });
  it('the same after import and export', () => {
    const again = (test: Case) => compare(test, 'reference', writeTfliteModel(readTflite(modelBytes(test))));
    expect(bad([...ops, ...networks], again)).toEqual([]);
  });
});

describe("LiteRT's default runtime", () => {
  const withDefault = (cases: readonly Case[]) => cases.filter(({ defaultError }) => defaultError === undefined);
  it('outputs of every op and type, and of networks', () => {
    const accelerator = openAccelerator();
    const run = (test: Case) => compare(test, 'xnnpack', undefined, accelerator);
    expect(bad(withDefault([...ops, ...networks]), run)).toEqual([]);
  });
});

describe('TensorFlow Lite for Microcontrollers', () => {
  const micro = open('micro.jsonl.gz');
  it(`every tensor of ${micro.length} models, of ops that it computes otherwise and of networks`, () => {
    expect(micro.length).toBeGreaterThan(80);
    expect(bad(micro, (test) => compare(test, 'tflite-micro'))).toEqual([]);
  });
  it('names an op that it does not have', () => {
    const [test] = ops.filter(({ name }) => name.startsWith('GELU int8'));
    expect(compare(test, 'tflite-micro').stopped).toMatch(/GELU.*TensorFlow Lite for Microcontrollers has no kernel/);
  });
});

/** Numbers from a seed (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

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

/** Opens a model and runs it on zeros. */
function exercise(bytes: Uint8Array, kernels: KernelSetName, accelerator: Accelerator | undefined): void {
  const { subgraphs } = readTflite(bytes);
  const simulator = createSimulator(subgraphs[0], { kernels, subgraphs, accelerator });
  simulator.run(simulator.inputs.map(({ data }) => data.slice()));
}

const SETS = ['reference', 'xnnpack', 'tflite-micro'] as const;

describe('damaged models', () => {
  const count = Number(process.env.QUANTLENS_MUTATIONS ?? 600);
  it(`${count} of them end in a result or one sentence, each within a second`, () => {
    const next = random(1);
    const models = [...ops, ...networks];
    let slowest = 0;
    for (let i = 0; i < count; i++) {
      const test = models[Math.floor(next() * models.length)];
      const bytes = mutate(modelBytes(test), next);
      const started = performance.now();
      try {
        exercise(bytes, SETS[i % SETS.length], i % 2 === 0 ? openAccelerator() : undefined);
      } catch (error) {
        if (!(error instanceof InputError)) throw new Error(`${test.name}, mutation ${i}: ${(error as Error).stack}`);
      }
      slowest = Math.max(slowest, performance.now() - started);
    }
    expect(slowest).toBeLessThan(1000);
  }, 600_000);
});
