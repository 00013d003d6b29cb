// Keras 3's `.keras` files (and those of late Keras 2): a zip of config.json, metadata.json and model.weights.h5.

import { strFromU8 } from 'fflate';
import { InputError } from '../errors.ts';
import { modelFromConfig } from '../keras/from-config.ts';
import type { KerasModel } from '../keras/model.ts';
import type { OwnLayers } from '../keras/own-layers.ts';
import { openH5Weights } from './h5.ts';
import type { Hdf5Library } from './hdf5.ts';
import { kerasMajor, parseJson } from './keras-json.ts';
import type { WeightMatch } from './match-weights.ts';
import type { OpenedKeras } from './opened-model.ts';
import { unzip } from './zip.ts';

export async function openKerasArchive(
  bytes: Uint8Array,
  fileName: string,
  hdf5: Hdf5Library,
  own?: OwnLayers,
): Promise<OpenedKeras> {
  const entries = unpack(bytes, fileName);
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
  return openH5Weights(weightsOf(unpack(bytes, fileName), fileName), fileName, model, hdf5);
}

type Entries = ReadonlyMap<string, Uint8Array>;

const MEMBERS: readonly string[] = ['metadata.json', 'config.json', 'model.weights.h5'];

function unpack(bytes: Uint8Array, fileName: string): Entries {
  try {
    return unzip(bytes, (name) => MEMBERS.includes(name));
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
  const found = entries.get(name);
  if (found) return found;
  throw new InputError(`${fileName} is a zip without "${name}", so it is no .keras model.`, { file: fileName });
}
