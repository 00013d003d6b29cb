// `tfmot-default-8bit` says of small models what TFMOT's `quantize_model` does with them.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { TFMOT_DEFAULT_8BIT } from '../../../engine/quantization/targets/tfmot-default-8bit.ts';
import { quantizeModelVerdict } from '../../../engine/rules/tfmot/verdict.ts';
import { modelFromSaved, type SavedModel } from './models.ts';

interface Answer {
  readonly model: SavedModel;
  readonly status: 'ok' | 'error';
  readonly layer?: string | null;
}

const CASES: { readonly [name: string]: Answer } = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../oracles/tfmot-cases.json'), 'utf8'),
);
const CUSTOM = { MyDense: { base: 'Dense', registered: false } };

describe('quantize_model on one layer or pattern', () => {
  it.each(Object.entries(CASES))('%s', (_, { model, status, layer }) => {
    const verdict = quantizeModelVerdict(modelFromSaved(model, CUSTOM), TFMOT_DEFAULT_8BIT);
    expect(verdict.accepted).toBe(status === 'ok');
    if (layer) expect(verdict.refusals[0].layer).toBe(layer);
  });
});
