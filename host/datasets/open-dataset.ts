// A config's data source as a Dataset that fits the model: formats, labels, preprocessing and checks come together here.

import { statSync } from 'node:fs';
import { extname, resolve } from 'node:path';
import type { DataSource, Preprocessing } from '../../engine/config/schema.ts';
import { InputError } from '../../engine/errors.ts';
import type { Dataset, TargetForm } from '../../engine/training/dataset.ts';
import { displayPath, reason } from '../files/files.ts';
import { openNpyData, openNpzData } from './array-data.ts';
import { openImageFolder } from './image-folder.ts';
import { preprocessor } from './preprocess.ts';
import type { RawData, Samples, Wanted } from './samples.ts';
import { targetReader } from './targets.ts';

/** What the data is for and must fit. */
export interface DatasetUse extends Wanted {
  /** Folder that the source's paths are relative to. */
  readonly folder: string;
  readonly target: TargetForm;
  readonly preprocessing: Preprocessing;
  /** False for calibration: targets are then left as they are. */
  readonly needsLabels?: boolean;
}

type Format = {
  readonly matches: (path: string, isFolder: boolean) => boolean;
  readonly open: (path: string, source: DataSource, use: DatasetUse) => RawData;
};

const FORMATS: readonly Format[] = [
  {
    matches: (path, isFolder) => !isFolder && extname(path) === '.npz',
    open: (path, source, use) => openNpzData(path, source, use.folder),
  },
  {
    matches: (path, isFolder) => !isFolder && extname(path) === '.npy',
    open: (path, source, use) => openNpyData(path, source, use.folder),
  },
  { matches: (_, isFolder) => isFolder, open: openImageFolder },
];

/** Opens data and checks that it fits. Throws an InputError that names the file, and the sample where there is one. */
export function openDataset(source: DataSource, use: DatasetUse): Dataset {
  const path = resolve(use.folder, source.path);
  const isFolder = folderOrFile(path);
  const format = FORMATS.find(({ matches }) => matches(path, isFolder));
  if (!format) {
    throw new InputError(
      `${displayPath(path)} is not data that QuantLens reads; expected an .npz or .npy file, or a folder of images by class.`,
      { file: path },
    );
  }
  const { samples, labels } = format.open(path, source, use);
  checkShape(samples, use.inputShape, path);
  if (samples.count === 0) throw new InputError(`${displayPath(path)} has no samples.`, { file: path });
  const size = use.inputShape.reduce((product, length) => product * length, 1);
  const prepare = preprocessor(use.preprocessing, use.inputShape);
  const targets = use.needsLabels === false ? undefined : targetReader(labels, samples, use.target, size, path);
  return {
    name: displayPath(path),
    size: samples.count,
    inputShape: use.inputShape,
    target: use.target,
    ...(samples.expect ? { expect: samples.expect } : {}),
    read(indices, inputs, targetValues) {
      for (let n = 0; n < indices.length; n++) {
        samples.copy(indices[n], inputs, n * size);
        if (!prepare(inputs, n * size)) {
          throw new InputError(
            `${samples.describe(indices[n])} has a value that is not finite (NaN or infinity); remove or repair the sample.`,
            { file: path },
          );
        }
        targets?.(indices[n], inputs, n, targetValues);
      }
    },
  };
}

function folderOrFile(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch (error) {
    throw new InputError(`${displayPath(path)} cannot be read: ${reason(error)}.`, { file: path });
  }
}

/** A trailing channel of 1 may be missing, as in MNIST's 28×28. */
function checkShape({ shape }: Samples, wanted: readonly number[], path: string): void {
  const trimmed = wanted.at(-1) === 1 ? wanted.slice(0, -1) : wanted;
  if (sameShape(shape, wanted) || sameShape(shape, trimmed)) return;
  throw new InputError(
    `${displayPath(path)} has samples of shape ${shape.join('×') || 'scalar'}, but the model's input is ${wanted.join('×')}.`,
    { file: path },
  );
}

function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis]);
}
