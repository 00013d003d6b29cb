// Whole models of known architectures, as Keras 2 and Keras 3 write them to JSON: parameters and outputs against Keras's.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { modelFromConfig } from '../../../../engine/keras/from-config.ts';
import { type Json, totalParameters } from '../../../../engine/keras/model.ts';
import { TOLERANCE } from '../../../tolerances.ts';
import { fusedOutputs, layerOutputs, picked, relativeError } from './float-run.ts';
import { inputValues, oracleWeights } from './oracle-values.ts';

type Case = readonly [
  name: string,
  version: 2 | 3,
  model: Json,
  inputShape: readonly number[],
  layers: Readonly<Record<string, readonly [largest: number, elements: readonly number[]]>>,
  parameters: number,
];

const FILE = join(import.meta.dirname, '../../../oracles/keras/float-models.json.gz');
const CASES = JSON.parse(gunzipSync(readFileSync(FILE)).toString()) as readonly Case[];

/** Those whose inputs are pixels from 0 to 255, as the generator has it. */
const takesPixels = (name: string) =>
  name.includes('Net') && !['SqueezeNet', 'U-Net', 'EfficientNetLite0'].includes(name);

/** Half a minute each by the plain kernels: only with QUANTLENS_SWEEP=1. */
const SLOW: ReadonlySet<string> = new Set(['ResNet50', 'ResNet50V2', 'DenseNet121']);
const quick = CASES.filter(([name]) => process.env.QUANTLENS_SWEEP || !SLOW.has(name));

describe('float outputs of models', () => {
  it.each(quick.map((one) => [`${one[0]}, Keras ${one[1]}`, one] as const))('%s', (_, one) => {
    const [name, version, json, shape, layers, parameters] = one;
    const model = modelFromConfig(json, version);
    expect(totalParameters(model)).toBe(parameters);
    const values = inputValues(0, [1, ...shape]);
    const input = takesPixels(name) ? values.map((value) => Math.fround(Math.fround(value + 1) * 127.5)) : values;
    const weights = oracleWeights(model);
    const found = layerOutputs(model, weights, [input], Object.keys(layers));
    const errors = Object.entries(layers).map(([layer, [largest, elements]]) => ({
      layer,
      error: relativeError(picked(found.get(layer)!, elements.length), elements, largest),
    }));
    expect(errors.filter(({ error }) => !(error < TOLERANCE.kerasOutput))).toEqual([]);
    const [largest, elements] = Object.values(layers).at(-1)!;
    const [output] = fusedOutputs(model, weights, [input]);
    expect(relativeError(picked(output, elements.length), elements, largest)).toBeLessThan(TOLERANCE.kerasOutput);
  });
});
