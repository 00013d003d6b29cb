// The model that a config names, from a file of a known format or from Python source.
import { readFileSync } from 'node:fs';
import { InputError } from '../../engine/errors.ts';
import type { KerasModel, KerasWeights } from '../../engine/keras/model.ts';
import type { ConfigSnapshot } from '../config/config-snapshot.ts';
import { splitModel } from '../config/model-reference.ts';
import { besides, type Files } from '../files.ts';

export interface ModelOfConfig {
  readonly model?: KerasModel;
  readonly weights?: KerasWeights;
  /** Why the weights that the config names do not fit it, a sentence each. */
  readonly weightsProblems?: readonly string[];
  /** Why there is none: one sentence. */
  readonly reason?: string;
  /** Files that it was made from. */
  readonly dependencies: ReadonlySet<string>;
}

export interface ModelFiles {
  of(config: ConfigSnapshot): Promise<ModelOfConfig>;
}

/** Reads a model from Python source; `symbol` is the function or variable that is meant. */
export type PythonModels = (path: string, symbol: string | undefined) => Promise<PythonModel>;

export type PythonModel = Pick<ModelOfConfig, 'model' | 'reason' | 'dependencies'>;

/** Models by path, opened once for each state of their files. */
export function openModelFiles(files: Files, fromPython: PythonModels): ModelFiles {
  const opened = new Map<string, { readonly stamp: string; readonly answer: Promise<ModelOfConfig> }>();
  return {
    of({ path, yaml }) {
      const written = yaml.get('model');
      if (typeof written !== 'string') return Promise.resolve(none('The config names no model.'));
      const [file, symbol] = splitModel(written);
      const weights = yaml.get('weights');
      const modelPath = besides(path, file);
      if (/\.(py|ipynb)$/.test(file)) return fromPython(modelPath, symbol);
      const weightsPath = typeof weights === 'string' ? besides(path, weights) : undefined;
      const stamp = `${files.stamp(modelPath)} ${weightsPath && files.stamp(weightsPath)}`;
      const key = `${modelPath}\n${weightsPath}`;
      const known = opened.get(key);
      if (known?.stamp === stamp) return known.answer;
      const answer = open(modelPath, weightsPath);
      opened.set(key, { stamp, answer });
      return answer;
    },
  };
}

const none = (reason: string, ...dependencies: string[]): ModelOfConfig => ({
  reason,
  dependencies: new Set(dependencies),
});

async function open(path: string, weightsPath: string | undefined): Promise<ModelOfConfig> {
  // What reads files of models is loaded with the first of them.
  const { openModel, openWeights } = await import('../../engine/importers/open-model.ts');
  const { hdf5 } = await import('../../host/models/hdf5-thread.ts');
  try {
    const result = await openModel(readFileSync(path), path, hdf5);
    if (result.kind !== 'keras') return none('A .tflite is no Keras model.', path);
    const { model } = result;
    if (!weightsPath) return { model, weights: result.weights, dependencies: new Set([path]) };
    const { weights, missing } = await openWeights(readFileSync(weightsPath), weightsPath, model, hdf5);
    const dependencies = new Set([path, weightsPath]);
    if (missing.length > 0) return { model, weightsProblems: missing, dependencies };
    return { model, weights, dependencies };
  } catch (error) {
    if (error instanceof InputError) return none(error.message, path);
    return none(`${path} cannot be read: ${error instanceof Error ? error.message : error}.`, path);
  }
}
