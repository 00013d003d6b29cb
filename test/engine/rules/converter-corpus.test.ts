// `tflite-int8` says of the corpus's models which ops stay float as TensorFlow's full-integer converter decides it, and the
// rules end on each of them without a defect.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../../engine/errors.ts';
import { openKerasJson } from '../../../engine/importers/keras-json.ts';
import { lower } from '../../../engine/keras/lower/lower.ts';
import type { Json, KerasModel } from '../../../engine/keras/model.ts';
import { TARGETS } from '../../../engine/quantization/targets/targets.ts';
import { TFLITE_INT8 } from '../../../engine/quantization/targets/tflite-int8.ts';
import { TFMOT_DEFAULT_8BIT } from '../../../engine/quantization/targets/tfmot-default-8bit.ts';
import { checkContext, ruleContext } from '../../../engine/rules/check-model.ts';
import { presentFindings } from '../../../engine/rules/present.ts';
import { floatKinds } from '../../../engine/rules/stays-float.ts';
import { quantizeModelVerdict } from '../../../engine/rules/tfmot/verdict.ts';

interface Answer {
  /** Kind and output of each op that stays float. */
  readonly float?: readonly (readonly [kind: string, output: string])[];
  readonly failed?: string;
  /** Of Keras 3 models; that of the others is in `tfmot-corpus.json`. */
  readonly tfmot?: { readonly status: 'ok' | 'error' };
}

const ORACLES = join(import.meta.dirname, '../../oracles');
const ANSWERS: { readonly [id: string]: readonly Answer[] } = JSON.parse(
  readFileSync(join(ORACLES, 'converter-corpus.json'), 'utf8'),
);
const MODELS: { readonly [id: string]: readonly Json[] } = JSON.parse(
  gunzipSync(readFileSync(join(ORACLES, 'corpus-models.json.gz'))).toString(),
);

/** The converter was asked with open sizes set to 64. */
function withSizes(value: Json): Json {
  if (Array.isArray(value)) return value.map((item) => withSizes(item as Json));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value as { readonly [key: string]: Json }).map(([key, item]) => [
      key,
      (key === 'batch_input_shape' || key === 'batch_shape') && Array.isArray(item)
        ? item.map((size, axis) => (axis > 0 && size === null ? 64 : size))
        : withSizes(item),
    ]),
  );
}

function opened(json: Json): KerasModel {
  const result = openKerasJson(new TextEncoder().encode(JSON.stringify(withSizes(json))), 'model.json');
  if (result.kind !== 'keras') throw new Error('A Keras JSON is a Keras model.');
  return result.model;
}

/** Null where a layer's shape is in Python code alone, which a JSON does not have. */
function floatOps(model: KerasModel): string[] | null {
  try {
    const context = ruleContext(model, lower(model, undefined, { unsupported: 'keep' }), TFLITE_INT8);
    return floatKinds(context).sort();
  } catch (error) {
    if (error instanceof InputError) return null;
    throw error;
  }
}

/** Models with layers whose shapes only Python knows: a Lambda, a custom class with several outputs. */
const NOT_FROM_JSON: readonly string[] = [
  'efficientnet-efficientnetb0',
  'image-classifiers-seresnet18',
  'image-classifiers-seresnext50',
  'image-classifiers-resnext50',
  'keras-efficientnets-efficientnetb0',
  'keras-facenet-inceptionresnetv1',
  'keras-ocr-build-keras-model',
  'keras-tcn-compiled-tcn',
  'keras-unet-collection-resunet-a-2d',
  'tf-keras-apps-convnexttiny',
  'tf-keras-apps-inceptionresnetv2',
  'vit-keras-build-model',
];

/** Models whose float ops are inside layers of their package's own: a JSON has those layers' names alone. */
const INSIDE_OWN_LAYERS: readonly string[] = ['larq-zoo-binaryalexnet', 'larq-zoo-quicknet'];

describe('the full-integer converter on the corpus', () => {
  it.each(Object.entries(ANSWERS))('%s', (id, answers) => {
    for (const [index, { float, tfmot }] of answers.entries()) {
      const json = MODELS[id][index];
      if (json === null) continue;
      const model = opened(json);
      if (tfmot) expect(quantizeModelVerdict(model, TFMOT_DEFAULT_8BIT).accepted).toBe(tfmot.status === 'ok');
      if (float === undefined) continue;
      const ours = floatOps(model);
      if (INSIDE_OWN_LAYERS.includes(id))
        expect(model.layers.some(({ class: name }) => name.startsWith('Quant'))).toBe(true);
      else if (NOT_FROM_JSON.includes(id)) expect(ours).toBeNull();
      else expect(ours).toEqual(float.map(([kind]) => kind).sort());
    }
  });
});

describe('every target on the corpus', () => {
  it.each(Object.entries(TARGETS))('%s', (_, target) => {
    for (const json of Object.values(MODELS).flat()) {
      if (json === null) continue;
      const model = opened(json);
      let graph = null;
      try {
        graph = lower(model, undefined, { unsupported: 'keep' });
      } catch (error) {
        expect(error).toBeInstanceOf(InputError);
      }
      const context = ruleContext(model, graph, target);
      for (const { message } of presentFindings(checkContext(context), context)) {
        expect(message).not.toMatch(/undefined|null|NaN|\[object/);
        expect(message).toMatch(/[.!?"”]$/);
      }
    }
  });
});
