// Configs: what is accepted, and where and how a wrong key, type or value is named.

import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../../engine/config/parse.ts';
import { quantizationSettings } from '../../../engine/config/quantization-settings.ts';
import { configReference, EXAMPLE } from '../../../engine/config/reference.ts';
import type { TargetName } from '../../../engine/quantization/settings.ts';
import { TARGETS } from '../../../engine/quantization/targets/targets.ts';

const problems = (text: string) =>
  parseConfig(text, 'digits.quant.yaml').problems.map(
    ({ line, column, endLine, endColumn, message }) => `${line}:${column}-${endLine}:${endColumn} ${message}`,
  );

/** Of a config that names its model alone. */
const DEFAULTS = {
  model: 'm.keras',
  layers: {},
  target: 'tflite-int8',
  kernels: 'reference',
  data: {
    calibration: { samples: 500, resize: 'none' },
    preprocessing: { scale: 1, offset: 0 },
    augmentation: { flip: 'none', shift: 0 },
  },
  quantization: { weights: {}, activations: {}, overrides: [] },
  postTraining: { equalization: false, adaptiveRounding: false, biasCorrection: false },
  training: {
    epochs: 3,
    batch: 64,
    optimizer: 'adam',
    learningRate: 1e-4,
    momentum: 0.9,
    schedule: 'cosine',
    decayFactor: 0.1,
    decayEvery: 1,
    warmup: 0,
    weightDecay: 0,
    loss: 'sparse-categorical-crossentropy',
    labelSmoothing: 0,
    classWeights: 'none',
    keep: 'last',
    backend: 'wasm',
    seed: 0,
    freeze: { batchNorm: 0.33, observers: 0.66 },
    damping: 0,
    keepZeros: false,
    reestimateBatchNorm: 0,
    validateInt8: true,
  },
  gates: {},
};

describe('parseConfig', () => {
  test('fills in every default', () => {
    const { config, problems } = parseConfig('model: m.keras\n', 'm.quant.yaml');
    expect(problems).toEqual([]);
    expect(config).toEqual(DEFAULTS);
  });

  test('places a wrong value and says what was expected', () => {
    expect(problems('model: m.h5\ntraining: { epochs: many, learningRate: 0 }\n')).toEqual([
      '2:21-2:25 `training.epochs` is the text "many"; expected a whole number of at least 1.',
      '2:41-2:42 `training.learningRate` is 0; expected a number above 0.',
    ]);
    expect(problems('model: m.h5\nquantization:\n  weights:\n    bits: 17\n    range: [2, 1]\n')).toEqual([
      '4:11-4:13 `quantization.weights.bits` is 17; expected a whole number from 2 to 16.',
      '5:12-5:18 `quantization.weights.range` is [2, 1]; expected the smaller end of the range first.',
    ]);
  });

  test('suggests the nearest key and value', () => {
    expect(problems('model: m.h5\ntraining:\n  learning_rate: 0.1\n  optimizer: adamw\n')).toEqual([
      '3:3-3:16 `learning_rate` is not a key of `training`. Did you mean `learningRate`?',
      '4:14-4:19 `training.optimizer` is the text "adamw"; expected one of adam, sgd. Did you mean `adam`?',
    ]);
    expect(problems('model: m.h5\nfoo: 1\n')[0]).toMatch(
      /^2:1-2:4 `foo` is not a key of the config. Known keys: model, weights,/,
    );
  });

  test('places what is missing at the key that should hold it', () => {
    expect(problems('target: tflite-int8\n')[0]).toMatch(/^1:1-1:1 `model` is missing\. The Keras model/);
    expect(problems('model: m.h5\ndata:\n  train: { inputs: x }\n')[0]).toMatch(
      /^3:3-3:8 `data.train.path` is missing\./,
    );
    expect(problems('model:\ntarget: edge-tpu\n')).toEqual(['1:1-1:6 `model` is empty; expected text.']);
  });

  test('explains an override that matches nothing known', () => {
    const text = 'model: m.h5\nquantization:\n  overrides:\n    - match: { clas: Dense }\n';
    expect(problems(text)).toEqual([
      '4:14-4:29 `quantization.overrides[0].match` is a mapping; expected text, or a mapping with name, or a mapping with class, or a mapping with position.',
    ]);
  });

  test('says what is wrong with text that is no config', () => {
    expect(problems('model: [1, 2\n')[0]).toMatch(/^\d+:\d+-\d+:\d+ This is not valid YAML: /);
    expect(problems('model: a\nmodel: b\n')[0]).toMatch(/This is not valid YAML: Map keys must be unique\./);
    expect(problems('')[0]).toMatch(/^1:1-1:1 The config is empty; expected a mapping with model,/);
    expect(problems('just words')[0]).toMatch(/^1:1-1:1 The config is the text "just words"; expected a mapping/);
    expect(problems('\u0000\u0001')).toHaveLength(1);
  });

  test('refuses a bomb of aliases in one sentence', () => {
    const levels = Array.from({ length: 9 }, (_, i) => `k${i + 1}: &k${i + 1} [${Array(9).fill(`*k${i}`).join(', ')}]`);
    expect(problems(`k0: &k0 [x]\n${levels.join('\n')}\n`)[0]).toMatch(/alias count/);
  });

  test('takes anchors and merged keys as YAML has them', () => {
    const text = 'model: m.h5\ndata:\n  train: &d { path: d.npz, inputs: x }\n  validation: *d\n';
    expect(parseConfig(text, 'm.quant.yaml').config?.data.validation?.path).toBe('d.npz');
  });
});

describe('quantizationSettings', () => {
  const settings = (text: string) => {
    const { config } = parseConfig(text, 'm.quant.yaml');
    if (!config) throw new Error('The config of the test is wrong.');
    const { support: _, ...rest } = quantizationSettings(config, TARGETS[config.target as TargetName]);
    return rest;
  };

  test('starts from the target', () => {
    expect(settings('model: m.h5').activations).toMatchObject({ bits: 8, symmetric: false });
    expect(settings('model: m.h5\ntarget: tflite-int16x8').activations).toMatchObject({ bits: 16, symmetric: true });
  });

  test('keeps only what an override says', () => {
    const text = "model: m.h5\nquantization: { overrides: [{ match: 'conv*', weights: { bits: 4 } }] }";
    expect(settings(text).overrides).toEqual([{ match: { name: 'conv*' }, weights: { bits: 4 } }]);
  });
});

describe('docs/config.md', () => {
  test('is what the schema says', async () => {
    await expect(configReference()).toMatchFileSnapshot('../../../docs/config.md');
  });

  test('shows an example that is right', () => {
    expect(parseConfig(EXAMPLE, 'example').problems).toEqual([]);
  });
});
