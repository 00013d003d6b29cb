// Keras 3's `.keras` files (and those of late Keras 2): a zip of config.json, metadata.json and model.weights.h5.

import { strFromU8, unzipSync } from 'fflate';
import { InputError } from '../errors.ts';
import { modelFromConfig } from '../keras/from-config.ts';
import type { KerasModel } from '../keras/model.ts';
import type { OwnLayers } from '../keras/own-layers.ts';
import { openH5Weights } from './h5.ts';
import type { Hdf5Library } from './hdf5.ts';
import { kerasMajor, parseJson } from './keras-json.ts';
import type { WeightMatch } from './match-weights.ts';
import type { OpenedKeras } from './opened-model.ts';

export async function openKerasArchive(
  bytes: Uint8Array,
  fileName: string,
  hdf5: Hdf5Library,
  own?: OwnLayers,
): Promise<OpenedKeras> {
  const entries = unzip(bytes, fileName);
  const metadata = parseJson(strFromU8(entry(entries, 'metadata.json', fileName)), fileName);
  const version =
    typeof metadata === 'object' && metadata !== null && 'keras_version' in metadata ? metadata.keras_version : null;
  const config = parseJson(strFromU8(entry(entries, 'config.json', fileName)), fileName);
  const model = modelFromConfig(config, typeof version === 'string' ? kerasMajor(version) : 3, own);
  const { weights, missing } = await openH5Weights(weightsOf(entries, fileName), fileName, model, hdf5);
  const [problem] = model.complete ? missing : [];
  if (problem) throw new InputError(`${fileName}: ${problem} The file is not whole.`, { file: fileName });
  return { kind: 'keras', model, weights };
}

/** The weights of a `.keras`, given to another model's layers. */
export async function openKerasArchiveWeights(
  bytes: Uint8Array,
  fileName: string,
  model: KerasModel,
  hdf5: Hdf5Library,
): Promise<WeightMatch> {
  return openH5Weights(weightsOf(unzip(bytes, fileName), fileName), fileName, model, hdf5);
}

type Entries = Readonly<Record<string, Uint8Array>>;

/** DEFLATE makes nothing more than 1032 times smaller: an entry that claims more is damaged, and its room need not be found. */
const LARGEST_RATIO = 1100;

function unzip(bytes: Uint8Array, fileName: string): Entries {
  try {
    return unzipSync(bytes, { filter: ({ originalSize }) => originalSize <= bytes.length * LARGEST_RATIO });
  } catch {
    throw new InputError(
      `${fileName} is not a whole .keras file (a zip): it is damaged or was cut off. Save or copy it again.`,
      {
        file: fileName,
      },
    );
  }
}

const weightsOf = (entries: Entries, fileName: string) => entry(entries, 'model.weights.h5', fileName);

function entry(entries: Entries, name: string, fileName: string): Uint8Array {
  if (entries[name]) return entries[name];
  throw new InputError(`${fileName} is a zip without "${name}", so it is no .keras model.`, { file: fileName });
}
