// The model that a config or a command names: a file of a known format.

import { resolve } from 'node:path';
import { InputError } from '../../engine/errors.ts';
import { openModel, openWeights } from '../../engine/importers/open-model.ts';
import type { OpenedModel } from '../../engine/importers/opened-model.ts';
import type { KerasModel, KerasWeights } from '../../engine/keras/model.ts';
import { displayPath, readBytes } from '../files/files.ts';

export interface LoadedKerasModel {
  readonly model: KerasModel;
  /** Absent where the file holds an architecture alone. */
  readonly weights?: KerasWeights;
  /** Absolute path. */
  readonly file: string;
  /** What its user should know, a sentence each. */
  readonly warnings: readonly string[];
}

/** Opens a model file. Errors name the file. */
export async function loadModel(path: string): Promise<OpenedModel> {
  const bytes = readBytes(path);
  try {
    return await openModel(bytes, displayPath(path));
  } catch (error) {
    if (error instanceof InputError && error.place.file === undefined) {
      throw new InputError(error.message, { ...error.place, file: path });
    }
    throw error;
  }
}

/** The Keras model of a config, with the weights of `weights` where the config names a file of them. */
export async function loadKerasModel(
  reference: string,
  weights: string | undefined,
  folder: string,
): Promise<LoadedKerasModel> {
  const file = resolve(folder, reference);
  const opened = await loadModel(file);
  if (opened.kind !== 'keras') {
    throw new InputError(
      `${displayPath(file)} is a .tflite, which cannot be trained or quantized again; name the Keras model that it was made from.`,
      { file, key: 'model' },
    );
  }
  const { model } = opened;
  if (!model.complete) {
    const [stop] = model.stopped;
    throw new InputError(
      `${displayPath(file)} is not known completely${stop ? `: ${stop.reason}` : ''}; quantization needs the whole model.`,
      { file, key: 'model' },
    );
  }
  if (weights === undefined)
    return { model, file, warnings: [], ...(opened.weights ? { weights: opened.weights } : {}) };
  return { model, file, ...(await loadWeights(resolve(folder, weights), model)) };
}

/** A file's weights for the model; a layer that gets none is an error, one that the model lacks a warning. */
async function loadWeights(path: string, model: KerasModel): Promise<Pick<LoadedKerasModel, 'weights' | 'warnings'>> {
  const { weights, missing, unused } = await openWeights(readBytes(path), displayPath(path), model);
  if (missing.length > 0) {
    const more = missing.length === 1 ? '' : ` ${missing.length - 1} more layers have the same trouble.`;
    throw new InputError(`The weights of ${displayPath(path)} do not fit the model. ${missing[0]}${more}`, {
      file: path,
      key: 'weights',
    });
  }
  const warnings = unused.map(
    (layer) => `${displayPath(path)} has weights of "${layer}", which the model does not have.`,
  );
  return { weights, warnings };
}
