// Every layer and raw op that is lowered, against what Keras 2 and Keras 3 compute from the same weights and inputs.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { modelFromConfig } from '../../../../engine/keras/from-config.ts';
import type { Json } from '../../../../engine/keras/model.ts';
import { TOLERANCE } from '../../../tolerances.ts';
import { fusedOutputs, picked, relativeError } from './float-run.ts';
import { inputValues, oracleWeights } from './oracle-values.ts';

type Output = readonly [largest: number, elements: readonly number[], size: number];
type Case = readonly [
  name: string,
  version: 2 | 3,
  model: Json,
  inputs: readonly (readonly [shape: readonly number[], integers: number | null])[],
  outputs: readonly Output[],
];

const SAMPLES = 2;
const FILE = join(import.meta.dirname, '../../../oracles/keras/float-layers.json.gz');
const CASES = JSON.parse(gunzipSync(readFileSync(FILE)).toString()) as readonly Case[];

/** What is not lowered, by the start of its name: each must say so in a sentence. */
const NOT_LOWERED: readonly string[] = [
  'GroupNormalization',
  'Activation(activation=hard_shrink)',
  'Activation(activation=glu)',
  'Activation(activation=sparsemax)',
  'Dot',
  'EinsumDense',
  'Attention',
  'MultiHeadAttention',
  'raw op: repeat',
];

describe('float outputs of layers', () => {
  it.each(CASES.map((one) => [`${one[0]}, Keras ${one[1]}`, one] as const))('%s', (_, one) => {
    const [name, version, json, shapes, outputs] = one;
    const model = modelFromConfig(json, version);
    const inputs = shapes.map(([shape, integers], index) =>
      inputValues(index, [SAMPLES, ...shape], integers ?? undefined),
    );
    const run = () => fusedOutputs(model, oracleWeights(model), inputs);
    if (NOT_LOWERED.some((start) => name.startsWith(start))) {
      expect(run).toThrow(/^Layer "/);
      return;
    }
    const found = run();
    expect(found.map(({ length }) => length)).toEqual(outputs.map(([, , size]) => size));
    outputs.forEach(([largest, elements], index) => {
      const error = relativeError(picked(found[index], elements.length), elements, largest);
      expect(error).toBeLessThan(TOLERANCE.kerasOutput);
    });
  });
});
