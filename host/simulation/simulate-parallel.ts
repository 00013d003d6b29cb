// Samples of one model on several threads: each takes a part in order, and the parts are joined. Answers do not depend on
// the number of threads.

import { existsSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { InputError } from '../../engine/errors.ts';
import type { Graph } from '../../engine/graph/graph.ts';
import type { KernelSetName } from '../../engine/simulator/kernel-sets.ts';
import { shippedFile } from '../files/shipped-file.ts';
import type { NumpyArray } from '../numpy/npy.ts';
import { openSimulator } from './open-simulator.ts';
import {
  type NamedArray,
  portsOf,
  type SimulatedArrays,
  type SimulateOptions,
  sampleCount,
  simulateArrays,
} from './simulate-arrays.ts';

/** What a thread is given. `first`: number of its first sample. */
export interface SimulateShare {
  readonly subgraphs: readonly Graph[];
  readonly kernels: KernelSetName;
  readonly inputs: readonly NamedArray[];
  readonly options: Omit<SimulateOptions, 'onProgress'>;
  readonly first: number;
}

const WORKER = shippedFile('simulate-worker.mjs');

/** @throws InputError where the arrays do not fit the model's inputs. */
export async function simulateParallel(
  subgraphs: readonly Graph[],
  kernels: KernelSetName,
  inputs: readonly NamedArray[],
  options: SimulateOptions,
  threads: number,
): Promise<SimulatedArrays> {
  const simulator = openSimulator(subgraphs, kernels, { main: options.main });
  const count = sampleCount(portsOf(simulator, options.from), inputs);
  const parts = Math.min(threads, count);
  // Streams keep their state from sample to sample.
  if (parts <= 1 || options.stream || !existsSync(WORKER)) return simulateArrays(simulator, inputs, options);
  const { onProgress, ...plain } = options;
  let done = 0;
  const results = await Promise.all(
    Array.from({ length: parts }, async (_, part) => {
      const [first, end] = [part, part + 1].map((i) => Math.floor((i * count) / parts));
      const share = inputs.map(({ name, array }) => ({ name, array: samples(array, first, end, count) }));
      const result = await runShare({ subgraphs, kernels, inputs: share, options: plain, first });
      done += result.count;
      onProgress?.(done, count);
      return result;
    }),
  );
  return join(results, count);
}

function samples(array: NumpyArray, first: number, end: number, count: number): NumpyArray {
  const size = array.data.length / count;
  return { ...array, shape: [end - first, ...array.shape.slice(1)], data: array.data.slice(first * size, end * size) };
}

function runShare(share: SimulateShare): Promise<SimulatedArrays> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(WORKER, { workerData: share });
    worker.once('message', (result) => {
      resolve({ ...result, tensors: new Map(result.tensors) });
      void worker.terminate();
    });
    worker.once('error', (error) => {
      // An error that crosses threads keeps its name and loses its class.
      reject(error instanceof Error && error.name === 'InputError' ? new InputError(error.message) : error);
    });
  });
}

function join(parts: readonly SimulatedArrays[], count: number): SimulatedArrays {
  const [first] = parts;
  return {
    outputs: first.outputs.map((_, i) => concatenate(parts.map(({ outputs }) => outputs[i]))),
    tensors: new Map(
      [...first.tensors].map(([id, array]) => [
        id,
        first.constants.includes(id) ? array : concatenate(parts.map(({ tensors }) => tensors.get(id)!)),
      ]),
    ),
    constants: first.constants,
    count,
    perSecond: parts.reduce((total, { perSecond }) => total + perSecond, 0),
  };
}

function concatenate(arrays: readonly NumpyArray[]): NumpyArray {
  const [first] = arrays;
  const total = arrays.reduce((sum, { data }) => sum + data.length, 0);
  const data = new (first.data.constructor as new (length: number) => Float32Array)(total);
  let at = 0;
  for (const array of arrays) {
    data.set(array.data as Float32Array, at);
    at += array.data.length;
  }
  const count = arrays.reduce((sum, { shape }) => sum + shape[0], 0);
  return { ...first, shape: [count, ...first.shape.slice(1)], data };
}
