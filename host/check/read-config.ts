// A config to be checked: the model that it names, with its weights, and what the config says of them and of its data.

import { resolve } from 'node:path';
import { LineCounter } from 'yaml';
import { rangeOf } from '../../engine/config/position.ts';
import { openWeights } from '../../engine/importers/open-model.ts';
import type { KerasModel, KerasWeights, SourceLocation } from '../../engine/keras/model.ts';
import type { Target } from '../../engine/quantization/targets/target.ts';
import { ignoreComments } from '../../engine/rules/ignore.ts';
import { loadConfig } from '../config/load-config.ts';
import { loadTarget } from '../config/load-target.ts';
import { displayPath, readBytes, readText } from '../files/files.ts';
import { hdf5 } from '../models/hdf5-thread.ts';
import { loadKerasModel } from '../models/load-model.ts';
import type { ReadFile } from './check-file.ts';
import { configFacts } from './config-facts.ts';

export const isConfig = (path: string): boolean => /\.quant\.ya?ml$/i.test(path);

/** `target` is the one that is asked for instead of the config's own. */
export async function readConfig(
  path: string,
  asked: Target | undefined,
): Promise<ReadFile & { readonly target: Target }> {
  const { config, file, folder } = loadConfig(path);
  const text = readText(file);
  const target = asked ?? loadTarget(config.target, folder);
  const { model, weights: own } = await loadKerasModel(config.model, undefined, folder);
  const found = config.weights === undefined ? null : await weightsOf(resolve(folder, config.weights), model);
  const weights = found?.weights ?? own;
  const comments = ignoreComments(text);
  return {
    models: [model],
    ...(weights && { weights }),
    calls: [],
    stopped: [],
    ignores: (other) => (other === file ? comments : ignoreComments(readText(other))),
    target,
    config: configFacts(config, file, target, found?.missing ?? []),
    locateKey: (key) => locate(text, file, key),
  };
}

async function weightsOf(
  path: string,
  model: KerasModel,
): Promise<{ weights?: KerasWeights; missing: readonly string[] }> {
  const { weights, missing } = await openWeights(readBytes(path), displayPath(path), model, hdf5);
  return missing.length > 0 ? { missing } : { weights, missing };
}

/** The key itself, or the nearest one above it that is written. */
function locate(text: string, file: string, key: readonly (string | number)[]): SourceLocation | null {
  const lines = new LineCounter();
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines.addNewLine(at + 1);
  lines.lineStarts.unshift(0);
  for (let length = key.length; length > 0; length--) {
    const span = rangeOf(text, key.slice(0, length));
    if (span === undefined) continue;
    const [start, end] = [lines.linePos(span.start), lines.linePos(span.end)];
    return { file, line: start.line, column: start.col, endLine: end.line, endColumn: end.col };
  }
  return null;
}
