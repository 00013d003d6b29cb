// `tfmot-default-8bit` says of the corpus's models what TFMOT's `quantize_model` does with them.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { KerasModel } from '../../../engine/keras/model.ts';
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

/** What the layer lists do not say: a class registered by another module of its package, an initializer of the user's. */
const REGISTERED = {
  FixedDropout: { base: 'Dropout', registered: true },
  TCN: { base: null, registered: true },
  CustomScaleLayer: { base: null, registered: true },
};
const OWN_INITIALIZER = new Map([['keras-retinanet-default-classification-model', 'pyramid_classification']]);

function withInitializer(model: KerasModel, name: string | undefined): KerasModel {
  const own = { class_name: 'PriorProbability', module: null, registered_name: 'PriorProbability' };
  const layers = model.layers.map((layer) =>
    layer.name === name ? { ...layer, config: { ...layer.config, bias_initializer: own } } : layer,
  );
  return { ...model, layers };
}

describeWithShared('quantize_model on the corpus', 'corpus/oracles', () => {
  it.each(Object.entries(ANSWERS))('%s', (id, { models }) => {
    const oracle = JSON.parse(readFileSync(shared('corpus/oracles', `${id}.json`), 'utf8'));
    for (const [index, answer] of models.entries()) {
      const model = withInitializer(
        modelFromOracle(oracle.models[index] as OracleModel, 2, REGISTERED),
        OWN_INITIALIZER.get(id),
      );
      const verdict = quantizeModelVerdict(model, TFMOT_DEFAULT_8BIT);
      expect(verdict.accepted).toBe(answer.status === 'ok');
      if (answer.layer) expect(verdict.refusals[0].layer).toBe(answer.layer);
    }
  });
});
