// A worker thread of the simulation: one model, one batch after the other.

import { parentPort, workerData } from 'node:worker_threads';
import type { Graph } from '../../engine/graph/graph.ts';
import type { KernelSetName } from '../../engine/simulator/kernel-sets.ts';
import { openSimulator } from './open-simulator.ts';
import { runBatch } from './run-batch.ts';

export interface WorkerSetup {
  readonly graph: Graph;
  readonly kernels: KernelSetName;
}
export interface WorkerTask {
  readonly inputs: Float32Array<ArrayBuffer>;
  readonly count: number;
}

/** `ready` once, then the real values of the first output of each task. */
export type WorkerAnswer = 'ready' | Float32Array;

const { graph, kernels } = workerData as WorkerSetup;
const simulator = openSimulator([graph], kernels);
const answer = (value: WorkerAnswer): void => parentPort?.postMessage(value);

parentPort?.on('message', ({ inputs, count }: WorkerTask) => {
  answer(runBatch(simulator, inputs, count));
});
answer('ready');
