// Data in NumPy arrays: an `.npz` with inputs and labels by name, or an `.npy` of inputs beside an `.npy` of labels.

import { extname, resolve } from 'node:path';
import type { DataSource } from '../../engine/config/schema.ts';
import { InputError } from '../../engine/errors.ts';
import { displayPath, readBytes } from '../files/files.ts';
import { type NumpyArray, parseNpy } from '../numpy/npy.ts';
import { type NpzFile, openNpz } from '../numpy/npz.ts';
import type { Labels, RawData, Samples } from './samples.ts';

/** Names that inputs and labels usually have, first the likeliest. */
const USUAL_INPUTS = ['x', 'x_train', 'images', 'inputs', 'data'];
const USUAL_LABELS = ['y', 'y_train', 'labels', 'targets'];

export function openNpzData(path: string, source: DataSource, folder: string): RawData {
  const file = openNpz(path);
  const inputs = source.inputs ?? usual(file, USUAL_INPUTS, 'inputs');
  const labels = source.labels ?? file.names.find((name) => USUAL_LABELS.includes(name));
  const samples = arraySamples(file.read(inputs), `"${inputs}" in ${displayPath(path)}`);
  if (labels === undefined) return { samples };
  if (extname(labels) === '.npy') return { samples, labels: npyLabels(resolve(folder, labels)) };
  return { samples, labels: toLabels(file.read(labels), `"${labels}" in ${displayPath(path)}`) };
}

export function openNpyData(path: string, source: DataSource, folder: string): RawData {
  const samples = arraySamples(parseNpy(readBytes(path), displayPath(path)), displayPath(path));
  return source.labels === undefined ? { samples } : { samples, labels: npyLabels(resolve(folder, source.labels)) };
}

function usual(file: NpzFile, names: readonly string[], key: 'inputs'): string {
  const found = names.find((name) => file.names.includes(name));
  if (found !== undefined) return found;
  throw new InputError(
    `${displayPath(file.path)} has ${file.names.join(', ')}; say with \`${key}\` which of them holds the ${key}.`,
    { file: file.path, key },
  );
}

function npyLabels(path: string): Labels {
  return toLabels(parseNpy(readBytes(path), displayPath(path)), displayPath(path));
}

function toLabels({ shape, data }: NumpyArray, name: string): Labels {
  if (shape.length === 0) throw new InputError(`${name} is a single number, not one label a sample.`);
  const rest = shape.slice(1);
  return { shape: rest.length === 1 && rest[0] === 1 ? [] : rest, values: data, name };
}

function arraySamples({ shape, data }: NumpyArray, name: string): Samples {
  if (shape.length === 0) throw new InputError(`${name} is a single number, not an array of samples.`);
  const [count, ...sample] = shape;
  const size = sample.reduce((product, length) => product * length, 1);
  return {
    count,
    shape: sample,
    copy(index, target, offset) {
      const from = index * size;
      if (data instanceof BigInt64Array || data instanceof BigUint64Array) {
        for (let i = 0; i < size; i++) target[offset + i] = Number(data[from + i]);
      } else {
        for (let i = 0; i < size; i++) target[offset + i] = data[from + i];
      }
    },
    describe: (index) => `Sample ${index} of ${name}`,
  };
}
