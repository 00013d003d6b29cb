// Where findings stand: the marked stretch `«…»` of a text is the finding's place, `‹…›` that of its related information.

import { describe, expect, it } from 'vitest';
import type { SourceLocation } from '../../../engine/keras/model.ts';
import type { TargetName } from '../../../engine/quantization/settings.ts';
import { TARGETS } from '../../../engine/quantization/targets/targets.ts';
import { derive, findingsOf } from './derive.ts';

interface Marked {
  readonly text: string;
  readonly places: readonly string[];
  readonly related: readonly string[];
}

/** A text without its marks, and the stretches that they were around as `line:column-line:column`. */
function unmark(marked: string): Marked {
  const places: string[] = [];
  const related: string[] = [];
  const open: { readonly mark: string; readonly at: string }[] = [];
  let text = '';
  let line = 1;
  let column = 1;
  for (const character of marked) {
    const at = `${line}:${column}`;
    if (character === '«' || character === '‹') open.push({ mark: character, at });
    else if (character === '»') places.push(`${open.pop()?.at}-${at}`);
    else if (character === '›') related.push(`${open.pop()?.at}-${at}`);
    else {
      text += character;
      column = character === '\n' ? 1 : column + 1;
      if (character === '\n') line++;
    }
  }
  return { text, places, related };
}

const stretch = (at: SourceLocation | null): string =>
  at === null ? 'no place' : `${at.line}:${at.column}-${at.endLine}:${at.endColumn}`;

const HEAD = 'from tensorflow import keras\nfrom tensorflow.keras import layers\ninputs = keras.Input((32, 32, 3))\n';
const TFMOT =
  'import tensorflow_model_optimization as tfmot\nimport tf_keras as keras\nm = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)])\n';

const CASES: readonly (readonly [rule: string, target: TargetName, marked: string])[] = [
  [
    'batch-norm-not-folded',
    'tflite-int8',
    `${HEAD}x = ‹layers.Conv2D(8, 3, activation='relu')›(inputs)\nx = «layers.BatchNormalization()»(x)\nmodel = keras.Model(inputs, x)\n`,
  ],
  [
    'batch-norm-not-folded',
    'tflite-int8',
    `${HEAD}y = ‹layers.Conv2D(8, 3)›(inputs)\nx = «layers.BatchNormalization()»(y)\nmodel = keras.Model(inputs, ‹layers.Add()›([x, y]))\n`,
  ],
  [
    'batch-norm-not-folded',
    'tfmot-default-8bit',
    `${HEAD}x = ‹layers.MaxPooling2D()›(inputs)\nx = «layers.BatchNormalization()»(x)\nmodel = keras.Model(inputs, x)\n`,
  ],
  [
    'stays-float',
    'tflite-int8',
    `${HEAD}x = ‹layers.Conv2D(8, 3)›(inputs)\nx = «layers.ELU()»(x)\nmodel = keras.Model(inputs, layers.Conv2D(8, 3)(x))\n`,
  ],
  [
    'unsupported-attribute',
    'edge-tpu',
    `${HEAD}x = «layers.DepthwiseConv2D(3, dilation_rate=2)»(inputs)\nmodel = keras.Model(inputs, x)\n`,
  ],
  [
    'unsupported-activation',
    'edge-tpu',
    `${HEAD}x = layers.Conv2D(8, 3)(inputs)\nx = «layers.LeakyReLU()»(x)\nmodel = keras.Model(inputs, x)\n`,
  ],
  [
    'unsupported-layer',
    'tfmot-default-8bit',
    `${HEAD}def block(x):\n    return «layers.Multiply()»([x, x])\n\nmodel = keras.Model(inputs, block(inputs))\n`,
  ],
  [
    'padding-not-fused',
    'tflite-int8',
    `${HEAD}x = «layers.ZeroPadding2D(((0, 1), (0, 1)))»(inputs)\nx = ‹layers.Conv2D(8, 3, strides=2)›(x)\nmodel = keras.Model(inputs, x)\n`,
  ],
  [
    'mixed-scales-at-concat',
    'tflite-int8',
    `${HEAD}a = ‹layers.Conv2D(8, 3, activation='tanh')›(inputs)\nb = ‹layers.Conv2D(8, 3)›(inputs)\nmodel = keras.Model(inputs, «layers.Concatenate()»([a, b]))\n`,
  ],
  [
    'quantize-twice',
    'tflite-int8',
    `${TFMOT}q = tfmot.quantization.keras.quantize_model(m)\nr = «tfmot.quantization.keras.quantize_model(q)»\n`,
  ],
  [
    'compile-after-quantize',
    'tflite-int8',
    `${TFMOT}q = tfmot.quantization.keras.quantize_model(m)\nq.summary()\n«q.fit([], [])»\n`,
  ],
  ['annotate-without-apply', 'tflite-int8', `${TFMOT}a = «tfmot.quantization.keras.quantize_annotate_model(m)»\n`],
];

describe('a finding stands where its cause is', () => {
  it.each(CASES)('%s for %s: %#', (rule, target, marked) => {
    const { text, places, related } = unmark(marked);
    const found = findingsOf(derive(text), { target: TARGETS[target] }).findings.filter((each) => each.rule === rule);
    expect(found.map(({ at }) => stretch(at))).toEqual(places);
    expect(found.flatMap((each) => each.related.map(({ at }) => stretch(at))).sort()).toEqual([...related].sort());
  });
});

const quiet = (text: string, rule: string): number =>
  findingsOf(derive(text)).findings.filter((each) => each.rule === rule).length;

describe('what TFMOT made of a model', () => {
  it('is not taken for layers of the user’s', () => {
    const text = `${TFMOT}q = tfmot.quantization.keras.quantize_model(m)
a = keras.Sequential([keras.Input((4,)), tfmot.quantization.keras.quantize_annotate_layer(keras.layers.Dense(2))])
b = tfmot.quantization.keras.quantize_apply(a)
`;
    const { findings } = findingsOf(derive(text), { target: TARGETS['tfmot-default-8bit'] });
    expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  });
});

describe('what is right is not found', () => {
  it.each([
    [
      'quantize-twice',
      `${TFMOT}import sys\nif sys.argv:\n    m = tfmot.quantization.keras.quantize_model(m)\nelse:\n    m = tfmot.quantization.keras.quantize_model(m)\n`,
    ],
    [
      'quantize-twice',
      `${TFMOT}q = tfmot.quantization.keras.quantize_model(m)\nq = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)])\nq = tfmot.quantization.keras.quantize_model(q)\n`,
    ],
    [
      'quantize-before-load-weights',
      `${TFMOT}q = tfmot.quantization.keras.quantize_model(m)\nq.compile('adam', 'mse')\nq.fit([], [])\nq.load_weights('best.h5')\n`,
    ],
    [
      'load-without-quantize-scope',
      `${TFMOT}q = tfmot.quantization.keras.quantize_model(m)\nq.save('a.h5')\nm = keras.models.load_model('b.h5')\n`,
    ],
    ['redundant-activation', `${HEAD}x = layers.ReLU()(layers.Conv2D(8, 3)(inputs))\nmodel = keras.Model(inputs, x)\n`],
    [
      'padding-not-fused',
      `${HEAD}x = layers.ZeroPadding2D(1)(inputs)\nmodel = keras.Model(inputs, [layers.Conv2D(8, 3)(x), layers.MaxPooling2D()(x)])\n`,
    ],
    [
      'softmax-inside-with-logits-loss',
      `${HEAD}x = layers.Softmax()(layers.Flatten()(inputs))\nmodel = keras.Model(inputs, x)\nmodel.compile('adam', loss=keras.losses.CategoricalCrossentropy(from_logits=False))\n`,
    ],
  ])('%s: %#', (rule, text) => expect(quiet(text, rule)).toBe(0));
});

describe('a comment silences', () => {
  const text = (comment: string, before = ''): string =>
    `${HEAD}x = layers.Conv2D(8, 3)(inputs)\n${before}x = layers.ELU()(x)${comment}\nmodel = keras.Model(inputs, x)\n`;
  it.each([
    ['', '', 1],
    ['  # quantlens: ignore[stays-float] few values', '', 0],
    ['  # quantlens: ignore[padding-not-fused, stays-float]', '', 0],
    ['  # quantlens: ignore', '', 0],
    ['  # quantlens: ignore[padding-not-fused]', '', 1],
    ['', '# quantlens: ignore[stays-float] few values\n', 0],
  ])('%j, before %j', (comment, before, count) => expect(quiet(text(comment, before), 'stays-float')).toBe(count));
});
