// The model that a config or a command names: a file of a known format.

import { basename, resolve } from 'node:path';
import { InputError } from '../../engine/errors.ts';
import { openModel, openWeights } from '../../engine/importers/open-model.ts';
import type { OpenedKeras, OpenedModel } from '../../engine/importers/opened-model.ts';
import { withoutAnnotations } from '../../engine/keras/annotated-layers.ts';
import type { KerasModel, KerasWeights } from '../../engine/keras/model.ts';
import type { OwnLayers } from '../../engine/keras/own-layers.ts';
import { displayPath, readBytes } from '../files/files.ts';
import { hdf5 } from './hdf5-thread.ts';
import { pythonModels, type SourceText } from './python-models.ts';

export interface LoadedKerasModel {
  readonly model: KerasModel;
  /** Absent where the file holds an architecture alone. */
  readonly weights?: KerasWeights;
  /** Layers that the source annotates for quantization, by path: only they are quantized. Empty for all. */
  readonly annotated: readonly string[];
  /** Absolute path. */
  readonly file: string;
  /** Files of Python that it was derived from. */
  readonly sources?: readonly SourceText[];
  /** What its user should know, a sentence each. */
  readonly warnings: readonly string[];
}

/** Opens a model file; `own` are layers of the user's own. Errors name the file. */
export async function loadModel(path: string, own?: OwnLayers): Promise<OpenedModel> {
  const bytes = readBytes(path);
  try {
    return await openModel(bytes, displayPath(path), hdf5, own);
  } catch (error) {
    if (error instanceof InputError && error.place.file === undefined) {
      throw new InputError(error.message, { ...error.place, file: path });
    }
    throw error;
  }
}

/** `model.py:build_model` is a file and what in it makes the model; `model.py` alone is a file of one model. */
function pythonReference(reference: string): { readonly path: string; readonly name?: string } | undefined {
  const [, path, name] = /^(.*?\.(?:py|pyw|ipynb))(?::(.+))?$/i.exec(reference) ?? [];
  return path === undefined ? undefined : { path, ...(name === undefined ? {} : { name }) };
}

/** `name` is a variable, a function without required arguments, or any expression in the file's own names. */
async function loadPythonModel(
  file: string,
  name: string | undefined,
): Promise<OpenedKeras & Pick<LoadedKerasModel, 'sources'>> {
  const entries = name === undefined ? [undefined] : /^\w+$/.test(name) ? [name, `${name}()`] : [name];
  let reason = '';
  for (const entry of entries) {
    const { models, stopped, sources } = await pythonModels(file, entry === undefined ? {} : { entry });
    if (models.length === 1) return { kind: 'keras', model: models[0], sources };
    if (models.length > 1) {
      const names = models.map((model) => model.variable ?? model.name).join(', ');
      throw new InputError(
        `${displayPath(file)} builds ${models.length} models (${names}); say which with \`model: ${basename(file)}:NAME\`.`,
        { file, key: 'model' },
      );
    }
    reason ||= stopped.length > 0 ? ` It stopped at line ${stopped[0].line}: ${stopped[0].reason}` : '';
  }
  const what = name === undefined ? 'No model was found' : `No model was found in \`${name}\``;
  throw new InputError(
    `${what} of ${displayPath(file)}; expected a Keras model, or a function without required arguments that returns one.${reason}`,
    { file, key: 'model' },
  );
}

/** The Keras model of a config, with the weights of `weights` where the config names a file of them. */
export async function loadKerasModel(
  reference: string,
  weights: string | undefined,
  folder: string,
  own?: OwnLayers,
): Promise<LoadedKerasModel> {
  const python = pythonReference(reference);
  const file = resolve(folder, python?.path ?? reference);
  const opened: OpenedModel & Pick<LoadedKerasModel, 'sources'> = python
    ? await loadPythonModel(file, python.name)
    : await loadModel(file, own);
  if (opened.kind !== 'keras') {
    throw new InputError(
      `${displayPath(file)} is a .tflite, which cannot be trained or quantized again; name the Keras model that it was made from.`,
      { file, key: 'model' },
    );
  }
  const { model, layers: annotated } = withoutAnnotations(opened.model);
  if (!model.complete) {
    const [stop] = model.stopped;
    throw new InputError(
      `${displayPath(file)} is not known completely${stop ? `: ${stop.reason}` : ''}; quantization needs the whole model.`,
      { file, key: 'model' },
    );
  }
  const common = { model, annotated, file, ...(opened.sources ? { sources: opened.sources } : {}) };
  if (weights === undefined) return { ...common, warnings: [], ...(opened.weights ? { weights: opened.weights } : {}) };
  return { ...common, ...(await loadWeights(resolve(folder, weights), model)) };
}

/** A file's weights for the model; a layer that gets none is an error, one that the model lacks a warning. */
async function loadWeights(path: string, model: KerasModel): Promise<Pick<LoadedKerasModel, 'weights' | 'warnings'>> {
  const name = displayPath(path);
  const { weights, missing, unused, renamed } = await openWeights(readBytes(path), name, model, hdf5);
  if (missing.length > 0) {
    const others = unused.length === 0 ? '' : ` Of the file, ${listed(unused)} found no place.`;
    const more = missing.length === 1 ? '' : ` ${missing.length - 1} more layers have such trouble.`;
    throw new InputError(`The weights of ${name} do not fit the model. ${missing[0]}${more}${others}`, {
      file: path,
      key: 'weights',
    });
  }
  const warnings = unused.map((layer) => `${name} has weights of "${layer}", which the model does not have.`);
  if (renamed.length === 0) return { weights, warnings };
  const pairs = renamed.map(({ layer, from }) => `"${layer}" from "${from}"`);
  const order = `Names of layers differ, so weights of ${name} were matched by order and shape: ${listed(pairs)}.`;
  return { weights, warnings: [...warnings, order] };
}

/** The first few of a list. */
function listed(names: readonly string[]): string {
  const shown = names.slice(0, 4).join(', ');
  return names.length <= 4 ? shown : `${shown} and ${names.length - 4} more`;
}
