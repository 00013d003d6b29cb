// The one door for model files: each format says whether a file is its own, then opens it.

import { InputError } from '../errors.ts';
import type { KerasModel } from '../keras/model.ts';
import type { OwnLayers } from '../keras/own-layers.ts';
import { openH5, openH5Weights } from './h5.ts';
import { type Hdf5Library, isHdf5, OWN_THREAD } from './hdf5.ts';
import { openKerasArchive, openKerasArchiveWeights } from './keras-archive.ts';
import { openKerasJson } from './keras-json.ts';
import type { WeightMatch } from './match-weights.ts';
import type { OpenedModel } from './opened-model.ts';
import { isTflite, readTflite } from './tflite.ts';

interface Format {
  readonly name: string;
  /** True for a file of this format, whole or not: by its first bytes, else by its name. */
  match(bytes: Uint8Array, fileName: string): boolean;
  open(bytes: Uint8Array, fileName: string, hdf5: Hdf5Library, own?: OwnLayers): OpenedModel | Promise<OpenedModel>;
  /** The file's weights for a model of another file, where the format has weights. */
  weights?(bytes: Uint8Array, fileName: string, model: KerasModel, hdf5: Hdf5Library): Promise<WeightMatch>;
}

const ends = (fileName: string, ...endings: readonly string[]): boolean =>
  endings.some((ending) => fileName.toLowerCase().endsWith(ending));

const isZip = (bytes: Uint8Array): boolean => bytes[0] === 0x50 && bytes[1] === 0x4b;

/** By content before by name, so that a renamed file still opens. */
export const FORMATS: readonly Format[] = [
  { name: 'HDF5', match: isHdf5, open: openH5, weights: openH5Weights },
  { name: 'Keras archive', match: isZip, open: openKerasArchive, weights: openKerasArchiveWeights },
  { name: 'HDF5', match: (_, name) => ends(name, '.h5', '.hdf5'), open: openH5, weights: openH5Weights },
  {
    name: 'Keras archive',
    match: (_, name) => ends(name, '.keras'),
    open: openKerasArchive,
    weights: openKerasArchiveWeights,
  },
  {
    name: 'TFLite',
    match: (bytes, name) => isTflite(bytes) || ends(name, '.tflite'),
    open: (bytes) => ({ kind: 'tflite', model: readTflite(bytes) }),
  },
  { name: 'Keras JSON', match: (_, name) => ends(name, '.json'), open: openKerasJson },
];

/**
 * Opens a model from the bytes of a file. `hdf5` is where HDF5 is read, `own` are the user's own layers by class.
 * @throws InputError for a file of no known format, a damaged one, or a model that cannot be read.
 */
export async function openModel(
  bytes: Uint8Array,
  fileName: string,
  hdf5: Hdf5Library = OWN_THREAD,
  own?: OwnLayers,
): Promise<OpenedModel> {
  const format = FORMATS.find(({ match }) => match(bytes, fileName));
  if (!format) throw unknownFormat(fileName);
  return inFile(fileName, () => format.open(bytes, fileName, hdf5, own));
}

/** The weights of a file (`.h5`, `.weights.h5`, `.keras`) for a model that came from elsewhere, and what did not match. */
export async function openWeights(
  bytes: Uint8Array,
  fileName: string,
  model: KerasModel,
  hdf5: Hdf5Library = OWN_THREAD,
): Promise<WeightMatch> {
  const format = FORMATS.find(({ match, weights }) => weights && match(bytes, fileName));
  if (!format?.weights) {
    throw new InputError(`${fileName} holds no weights that can be read: expected .h5, .weights.h5 or .keras.`, {
      file: fileName,
    });
  }
  const { weights } = format;
  return inFile(fileName, () => weights(bytes, fileName, model, hdf5));
}

const unknownFormat = (fileName: string): InputError =>
  new InputError(`${fileName} is no model that can be opened: expected .h5, .keras, .json or .tflite.`, {
    file: fileName,
  });

/** Errors name the file: those about a layer as their place, those about "the file" in its stead. */
async function inFile<T>(fileName: string, open: () => T | Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (error) {
    if (error instanceof InputError && error.place.file === undefined) {
      throw new InputError(error.message.replace(/^The file /, `${fileName} `), { ...error.place, file: fileName });
    }
    throw error;
  }
}
