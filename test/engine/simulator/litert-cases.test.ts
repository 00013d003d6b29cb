// A committed part of the oracle sweep: single ops of every kind and type, and networks of TensorFlow's converter.
import { describe, expect, it } from 'vitest';
import { writeTfliteModel } from '../../../engine/exporters/tflite.ts';
import { readTflite } from '../../../engine/importers/tflite.ts';
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
