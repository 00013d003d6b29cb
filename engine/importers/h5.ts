// Keras's HDF5 files: whole models (architecture and weights) and files of weights alone.

import { InputError } from '../errors.ts';
import { modelFromConfig } from '../keras/from-config.ts';
import type { KerasModel, WeightArray } from '../keras/model.ts';
import type { OwnLayers } from '../keras/own-layers.ts';
import { type Hdf5File, type Hdf5Library, hdf5File } from './hdf5.ts';
import { kerasMajor, parseJson } from './keras-json.ts';
import { type LayerWeights, matchWeights, type WeightMatch } from './match-weights.ts';
import { objectWeights } from './object-weights.ts';
import type { OpenedKeras } from './opened-model.ts';

/** Opens `model.save('x.h5')`. */
export async function openH5(
  bytes: Uint8Array,
  fileName: string,
  hdf5: Hdf5Library,
  own?: OwnLayers,
): Promise<OpenedKeras> {
  const file = hdf5File(await hdf5.read(bytes, fileName));
  const config = file.text('', 'model_config');
  if (config === null) {
    throw new InputError(
      `${fileName} holds no model: its "model_config" is missing, so it has weights at most. Name the model's source or JSON as the model and this file as its weights.`,
      { file: fileName },
    );
  }
  const version = kerasMajor(file.text('', 'keras_version'));
  const model = modelFromConfig(parseJson(config, fileName), version, own);
  const { weights, missing } = matchWeights(model, legacyWeights(file, 'model_weights', fileName));
  const [problem] = model.complete ? missing : [];
  if (problem) throw new InputError(`${fileName}: ${problem} The file is not whole.`, { file: fileName });
  return { kind: 'keras', model, weights };
}

/** The weights of an HDF5 file of any of Keras's forms, given to a model's layers. */
export async function openH5Weights(
  bytes: Uint8Array,
  fileName: string,
  model: KerasModel,
  hdf5: Hdf5Library,
): Promise<WeightMatch> {
  const file = hdf5File(await hdf5.read(bytes, fileName));
  if (file.texts('model_weights', 'layer_names'))
    return matchWeights(model, legacyWeights(file, 'model_weights', fileName));
  if (file.texts('', 'layer_names')) return matchWeights(model, legacyWeights(file, '', fileName));
  const root = ['', 'model'].find((path) => file.keys(path).includes('layers'));
  if (root !== undefined) return objectWeights(file, root, model);
  throw new InputError(
    `${fileName} is an HDF5 file, but not one of Keras's: it has neither "layer_names" nor "layers".`,
    { file: fileName },
  );
}

/** `layer_names` of a group, each a group of its own with `weight_names` in Keras's order. */
function legacyWeights(file: Hdf5File, root: string, fileName: string): readonly LayerWeights[] {
  const prefix = root === '' ? '' : `${root}/`;
  const names = file.texts(root, 'layer_names') ?? [];
  return names.map((layer) => {
    const group = `${prefix}${layer}`;
    const weights = (file.texts(group, 'weight_names') ?? []).map((name): WeightArray => {
      const place = `${group}/${name}`;
      const array = file.array(place);
      if (array) return { name, place, shape: array.shape, data: array.data };
      throw new InputError(`${fileName}: the weight "${name}" of layer "${layer}" is listed but not there.`, {
        file: fileName,
        layer,
      });
    });
    return { layer, weights };
  });
}
