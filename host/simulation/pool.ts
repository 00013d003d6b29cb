// The simulator over many samples on several threads. Answers do not depend on the number of threads.

import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { InputError } from '../../engine/errors.ts';
import type { Graph } from '../../engine/graph/graph.ts';
import type { KernelSetName } from '../../engine/simulator/kernel-sets.ts';
import { shippedFile } from '../files/shipped-file.ts';
import { openSimulator } from './open-simulator.ts';
import { runBatch } from './run-batch.ts';
import type { WorkerAnswer, WorkerSetup, WorkerTask } from './worker.ts';

export interface SimulationPool {
  readonly threads: number;
  /** Resolves once every thread can compute: what is timed from then on is computing. Never rejects. */
  readonly ready: Promise<unknown>;
  /** Real values of the first output for `count` samples of real values. The inputs' buffer is given away. */
  run(inputs: Float32Array<ArrayBuffer>, count: number): Promise<Float32Array>;
  close(): Promise<void>;
}

const WORKER = shippedFile('simulation-worker.mjs');

/** Without the worker's bundle beside this code (in unit tests) everything runs on the caller's thread. */
export function openPool(graph: Graph, kernels: KernelSetName, threads = availableParallelism()): SimulationPool {
  if (threads === 1 || !existsSync(WORKER)) {
    const simulator = openSimulator([graph], kernels);
    return {
      threads: 1,
      ready: Promise.resolve(),
      run: async (inputs, count) => runBatch(simulator, inputs, count),
      close: async () => {},
    };
  }
  const setup: WorkerSetup = { graph, kernels };
  const workers = Array.from({ length: threads }, () => startWorker(setup));
  let next = 0;
  return {
    threads,
    ready: Promise.all(workers.map(({ ready }) => ready)),
    run: (inputs, count) => workers[next++ % threads].run({ inputs, count }),
    async close() {
      await Promise.all(workers.map((worker) => worker.end()));
    },
  };
}

interface Waiting {
  resolve(outputs: Float32Array): void;
  reject(error: unknown): void;
}

/** A worker answers its tasks in order. */
function startWorker(setup: WorkerSetup) {
  const worker = new Worker(WORKER, { workerData: setup });
  const waiting: Waiting[] = [];
  /** Why the thread is no more. */
  let failure: unknown;
  const ready = new Promise<void>((resolve) => {
    worker.once('exit', () => resolve());
    worker.on('message', (answer: WorkerAnswer) => {
      if (answer === 'ready') resolve();
      else waiting.shift()?.resolve(answer);
    });
  });
  worker.on('error', (error) => {
    // An error that crosses threads keeps its name and loses its class.
    failure = error instanceof Error && error.name === 'InputError' ? new InputError(error.message) : error;
    for (const task of waiting.splice(0)) task.reject(failure);
  });
  return {
    ready,
    run: (task: WorkerTask) =>
      new Promise<Float32Array>((resolve, reject) => {
        if (failure !== undefined) {
          reject(failure);
          return;
        }
        waiting.push({ resolve, reject });
        worker.postMessage(task, [task.inputs.buffer]);
      }),
    end: () => worker.terminate(),
  };
}
