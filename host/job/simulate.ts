// The job `simulate`: a `.tflite` over the inputs of an .npy or .npz, by LiteRT's reference kernels, and its outputs as a file.

import { availableParallelism } from 'node:os';
import { extname } from 'node:path';
import { InputError } from '../../engine/errors.ts';
import type { Value } from '../../engine/simulator/kernel.ts';
import type { JobRequest } from '../../protocol/job-request.ts';
import { displayPath, readBytes, writeWhole } from '../files/files.ts';
import { loadModel } from '../models/load-model.ts';
import { formatNpy, type NumpyArray, parseNpy } from '../numpy/npy.ts';
import { formatNpz, openNpz } from '../numpy/npz.ts';
import { openSimulator } from '../simulation/open-simulator.ts';
import type { NamedArray } from '../simulation/simulate-arrays.ts';
import { simulateParallel } from '../simulation/simulate-parallel.ts';
import type { JobContext } from './context.ts';

type SimulateRequest = Extract<JobRequest, { kind: 'simulate' }>;

export async function simulate(
  { model: file, input, arrays, output }: SimulateRequest,
  context: JobContext,
): Promise<void> {
  context.emit({ kind: 'phase', phase: 'load', message: `Loading ${displayPath(file)}` });
  const opened = await loadModel(file);
  if (opened.kind !== 'tflite')
    throw new InputError(`${displayPath(file)} is a Keras model; what is simulated is a .tflite.`, { file });
  const { subgraphs } = opened.model;
  const { inputs: ports, stops, warnings } = openSimulator(subgraphs, 'reference');
  for (const message of warnings) context.emit({ kind: 'warning', message });
  if (stops.length > 0) throw new InputError(stops[0].message, { file });
  const inputs = extname(input) === '.npy' ? [oneArray(input)] : arraysOf(input, arrays, ports);
  context.emit({ kind: 'phase', phase: 'simulate', message: `Simulating ${displayPath(file)}` });
  const onProgress = (done: number, total: number): void =>
    context.emit({ kind: 'progress', phase: 'simulate', done, total });
  const options = { allTensors: false, onProgress };
  const { outputs, count, perSecond } = await simulateParallel(
    subgraphs,
    'reference',
    inputs,
    options,
    availableParallelism(),
  );
  writeWhole(output, extname(output) === '.npy' ? formatNpy(outputs[0]) : formatNpz(named(outputs)));
  context.emit({
    kind: 'note',
    message: `${displayPath(output)}: ${count} inputs at ${perSecond.toFixed(0)} a second, by LiteRT's reference kernels.`,
  });
}

const oneArray = (file: string): NamedArray => ({ name: displayPath(file), array: parseNpy(readBytes(file), file) });

const named = (outputs: readonly NumpyArray[]): ReadonlyMap<string, NumpyArray> =>
  new Map(outputs.map((array, at) => [`output_${at}`, array]));

/** The arrays that are asked for, in the order of the model's inputs; else the only ones that fit. */
function arraysOf(file: string, asked: readonly string[] | undefined, ports: readonly Value[]): NamedArray[] {
  const npz = openNpz(file);
  const read = (name: string): NamedArray => ({ name: `"${name}" in ${displayPath(file)}`, array: npz.read(name) });
  if (asked) return asked.map(read);
  if (npz.names.length === ports.length) return npz.names.map(read);
  const fitting = npz.names.filter((name) => ports.length === 1 && sampleSize(npz.read(name)) === ports[0].size);
  if (fitting.length === 1) return fitting.map(read);
  throw new InputError(
    `${displayPath(file)} has the arrays ${npz.names.join(', ')}; the model needs ${ports.length}. Name those to use, in the order of its inputs.`,
    { file },
  );
}

const sampleSize = ({ shape }: NumpyArray): number => shape.slice(1).reduce((product, length) => product * length, 1);
