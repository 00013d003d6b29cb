// What the rules need to know of a config: its settings, and what a look at its data shows.

import { statSync } from 'node:fs';
import { dirname, extname, resolve } from 'node:path';
import { quantizationSettings } from '../../engine/config/quantization-settings.ts';
import type { DataSource, QuantConfig } from '../../engine/config/schema.ts';
import { InputError } from '../../engine/errors.ts';
import type { Target } from '../../engine/quantization/targets/target.ts';
import type { ConfigFacts, DataFacts } from '../../engine/rules/config-facts.ts';
import { openNpyData, openNpzData } from '../datasets/array-data.ts';
import type { RawData } from '../datasets/samples.ts';

/** `weightsProblems`: why the weights that it names do not fit the model, a sentence each. */
export function configFacts(
  config: QuantConfig,
  file: string,
  target: Target,
  weightsProblems: readonly string[] = [],
): ConfigFacts {
  return {
    file,
    settings: quantizationSettings(config, target),
    loss: config.training.loss,
    calibrationSamples: config.data.calibration.samples,
    data: dataFacts(config.data, dirname(file)),
    weightsKey: config.weights === undefined ? null : ['weights'],
    weightsProblems,
  };
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
    const facts = arrayFacts(source as DataSource, folder);
    return facts === null ? [] : [{ key: ['data', name], ...facts }];
  });
}

type ArrayFacts = Omit<DataFacts, 'key'>;

/** By path and arrays; kept for as long as the file is the same, since an editor asks at every keystroke. */
const known = new Map<string, { readonly stamp: string; readonly facts: ArrayFacts | null }>();

/** Larger files are not opened for a look. Bytes. */
const LARGEST = 512 * 1024 * 1024;

function arrayFacts(source: DataSource, folder: string): ArrayFacts | null {
  const path = resolve(folder, source.path);
  const status = statSync(path, { throwIfNoEntry: false });
  if (!status?.isFile() || status.size > LARGEST) return null;
  const stamp = `${status.mtimeMs} ${status.size}`;
  const key = JSON.stringify([path, source.inputs, source.labels]);
  const before = known.get(key);
  if (before?.stamp === stamp) return before.facts;
  const raw = openArrays(path, source, folder);
  const facts = raw && { sampleShape: raw.samples.shape, samples: raw.samples.count, classes: classesOf(raw.labels) };
  known.set(key, { stamp, facts });
  return facts;
}

function openArrays(path: string, source: DataSource, folder: string): RawData | null {
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
