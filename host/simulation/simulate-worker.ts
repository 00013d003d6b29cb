// A worker thread of `simulate`: some of the samples of one model, once.

import { parentPort, workerData } from 'node:worker_threads';
import { openSimulator } from './open-simulator.ts';
import { simulateArrays } from './simulate-arrays.ts';
import type { SimulateShare } from './simulate-parallel.ts';

const { subgraphs, kernels, inputs, options, first } = workerData as SimulateShare;
const simulator = openSimulator(subgraphs, kernels, { main: options.main });
const result = simulateArrays(simulator, inputs, options, first);
parentPort?.postMessage({ ...result, tensors: [...result.tensors] });
