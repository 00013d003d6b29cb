// A config to be checked: the model that it names, with its weights, and what the config says of them and of its data.

import { extname, resolve } from 'node:path';
import { LineCounter } from 'yaml';
import { rangeOf } from '../../engine/config/position.ts';
import { quantizationSettings } from '../../engine/config/quantization-settings.ts';
import type { DataSource } from '../../engine/config/schema.ts';
import { InputError } from '../../engine/errors.ts';
import { openWeights } from '../../engine/importers/open-model.ts';
import type { KerasModel, KerasWeights, SourceLocation } from '../../engine/keras/model.ts';
import type { Target } from '../../engine/quantization/targets/target.ts';
import type { DataFacts } from '../../engine/rules/config-facts.ts';
import { ignoreComments } from '../../engine/rules/ignore.ts';
import { loadConfig } from '../config/load-config.ts';
import { loadTarget } from '../config/load-target.ts';
import { openNpyData, openNpzData } from '../datasets/array-data.ts';
import type { RawData } from '../datasets/samples.ts';
import { displayPath, readBytes, readText } from '../files/files.ts';
import { loadKerasModel } from '../models/load-model.ts';
import type { ReadFile } from './check-file.ts';

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
    config: {
      file,
      settings: quantizationSettings(config, target),
      loss: config.training.loss,
      calibrationSamples: config.data.calibration.samples,
      data: dataFacts(config.data, folder),
      weightsKey: config.weights === undefined ? null : ['weights'],
      weightsProblems: found?.missing ?? [],
    },
    locateKey: (key) => locate(text, file, key),
  };
}

async function weightsOf(
  path: string,
  model: KerasModel,
): Promise<{ weights?: KerasWeights; missing: readonly string[] }> {
  const { weights, missing } = await openWeights(readBytes(path), displayPath(path), model);
  return missing.length > 0 ? { missing } : { weights, missing };
}

type Sources = {
  readonly train?: DataSource;
  readonly validation?: DataSource;
  readonly calibration: { readonly path?: string };
};

/** Arrays are looked at; folders of images are converted to the model's input, so that their shape always fits. */
function dataFacts({ train, validation, calibration }: Sources, folder: string): readonly DataFacts[] {
  const sources: readonly (readonly [string, Partial<DataSource> | undefined])[] = [
    ['calibration', calibration.path === undefined ? undefined : calibration],
    ['train', train],
    ['validation', validation],
  ];
  return sources.flatMap(([name, source]) => {
    if (source?.path === undefined) return [];
    const raw = openArrays(source as DataSource, folder);
    if (raw === null) return [];
    const { samples, labels } = raw;
    return [{ key: ['data', name], sampleShape: samples.shape, samples: samples.count, classes: classesOf(labels) }];
  });
}

function openArrays(source: DataSource, folder: string): RawData | null {
  const path = resolve(folder, source.path);
  try {
    if (extname(path) === '.npz') return openNpzData(path, source, folder);
    return extname(path) === '.npy' ? openNpyData(path, source, folder) : null;
  } catch (error) {
    // Data that cannot be opened is an error of training, not of the model.
    if (error instanceof InputError) return null;
    throw error;
  }
}

/** Class numbers count from 0; labels that are no whole numbers are no classes. */
function classesOf(labels: RawData['labels']): number | null {
  if (labels === undefined || labels.shape.length > 0) return null;
  let largest = -1;
  for (const value of labels.values) {
    const label = Number(value);
    if (!Number.isInteger(label) || label < 0) return null;
    if (label > largest) largest = label;
  }
  return largest + 1;
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
