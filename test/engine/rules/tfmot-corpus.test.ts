// `tfmot-default-8bit` says of the corpus's models what TFMOT's `quantize_model` does with them.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { TFMOT_DEFAULT_8BIT } from '../../../engine/quantization/targets/tfmot-default-8bit.ts';
import { quantizeModelVerdict } from '../../../engine/rules/tfmot/verdict.ts';
import { describeWithShared, shared } from '../../shared.ts';
import { modelFromOracle, type OracleModel } from './models.ts';

interface Answer {
  readonly status: 'ok' | 'error';
  readonly layer?: string | null;
  readonly message?: string;
}

const ANSWERS: { readonly [id: string]: { readonly models: readonly Answer[] } } = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../oracles/tfmot-corpus.json'), 'utf8'),
);

describeWithShared('quantize_model on the corpus', 'corpus/oracles', () => {
  it.each(Object.entries(ANSWERS))('%s', (id, { models }) => {
    const oracle = JSON.parse(readFileSync(shared('corpus/oracles', `${id}.json`), 'utf8'));
    for (const [index, answer] of models.entries()) {
      const model = modelFromOracle(oracle.models[index] as OracleModel, 2);
      const verdict = quantizeModelVerdict(model, TFMOT_DEFAULT_8BIT);
      expect(verdict.accepted).toBe(answer.status === 'ok');
      if (answer.layer) expect(verdict.refusals[0].layer).toBe(answer.layer);
    }
  });
});
