// Small models in every form that Keras 2 and Keras 3 save: each opens, and computes what Keras computed before saving.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openModel, openWeights } from '../../../engine/importers/open-model.ts';
import { type KerasModel, type KerasWeights, totalParameters } from '../../../engine/keras/model.ts';
import { TOLERANCE } from '../../tolerances.ts';
import { fusedOutputs, relativeError } from '../keras/lower/float-run.ts';
import { inputValues } from '../keras/lower/oracle-values.ts';

interface Saved {
  readonly keras: 2 | 3;
  readonly input: readonly number[];
  readonly integers: number | null;
  readonly outputs: readonly (readonly number[])[];
  /** Files of model and weights; files of weights alone; the architecture alone. */
  readonly files: readonly string[];
  readonly weights: readonly string[];
  readonly json: string;
  readonly parameters: number;
}

const FOLDER = join(import.meta.dirname, '../../oracles/keras/model-files');
const bytes = (name: string): Uint8Array => readFileSync(join(FOLDER, name));
const SAVED = Object.entries(JSON.parse(readFileSync(join(FOLDER, 'outputs.json'), 'utf8')) as Record<string, Saved>);

async function opened(name: string): Promise<{ model: KerasModel; weights?: KerasWeights }> {
  const found = await openModel(bytes(name), name);
  if (found.kind !== 'keras') throw new Error(`${name} is no Keras model.`);
  return found;
}

function expectOutputs(model: KerasModel, weights: KerasWeights, saved: Saved): void {
  const input = inputValues(0, [saved.outputs.length, ...saved.input], saved.integers ?? undefined);
  const [output] = fusedOutputs(model, weights, [input]);
  expect(relativeError(output, saved.outputs.flat())).toBeLessThan(TOLERANCE.kerasOutput);
}

describe('files of models', () => {
  it.each(SAVED.flatMap(([, saved]) => saved.files.map((file) => [file, saved] as const)))(
    '%s',
    async (file, saved) => {
      const { model, weights } = await opened(file);
      expect(model.kerasVersion).toBe(saved.keras);
      expect(model.complete).toBe(true);
      expect(totalParameters(model)).toBe(saved.parameters);
      expectOutputs(model, weights!, saved);
    },
  );
});

describe('files of weights, for an architecture from JSON', () => {
  const pairs = SAVED.flatMap(([, saved]) => [...saved.weights, ...saved.files].map((file) => [file, saved] as const));
  it.each(pairs)('%s', async (file, saved) => {
    const { model } = await opened(saved.json);
    const { weights, missing, unused } = await openWeights(bytes(file), file, model);
    expect({ missing, unused }).toEqual({ missing: [], unused: [] });
    expectOutputs(model, weights, saved);
  });
});
