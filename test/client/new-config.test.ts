// What "New Quantization Config" writes is a config, whatever was answered.
import { describe, expect, it } from 'vitest';
import { type Answers, configText, guessArrays } from '../../client/new-config/answers.ts';
import { parseConfig } from '../../engine/config/parse.ts';

const answers: Answers = {
  model: 'model.py:build_model',
  target: 'tflite-int8',
  weights: 'train',
  data: { path: 'my data/it’s.npz', train: { inputs: 'x_train', labels: 'y_train' }, validation: { inputs: 'x_test' } },
  scaling: '0..255 to -1..1',
  trains: true,
};

describe('a new config', () => {
  it('has what was answered', () => {
    const { config, problems } = parseConfig(configText(answers), 'new.quant.yaml');
    expect(problems).toEqual([]);
    expect(config).toMatchObject({
      model: 'model.py:build_model',
      data: {
        train: { path: 'my data/it’s.npz', inputs: 'x_train', labels: 'y_train' },
        validation: { inputs: 'x_test' },
        preprocessing: { offset: -1 },
      },
      floatTraining: { epochs: 10 },
    });
  });

  it.each([
    { ...answers, data: undefined },
    { ...answers, weights: 'own' as const, trains: false, data: { path: 'images' } },
    { ...answers, weights: { file: 'w: 1.h5' }, scaling: 'none' as const },
    { ...answers, target: 'edge-tpu', scaling: '0..255 to 0..1' as const },
  ])('is valid for other answers too (%#)', (other) => {
    expect(parseConfig(configText(other as Answers), 'new.quant.yaml').problems).toEqual([]);
  });
});

describe('the arrays of an .npz', () => {
  it.each([
    [['x_train', 'y_train', 'x_test', 'y_test'], 'x_train', 'y_train', 'x_test'],
    [['x_train', 'y_train', 'x_validation', 'y_validation'], 'x_train', 'y_train', 'x_validation'],
    [['train_images', 'train_labels', 'test_images', 'test_labels'], 'train_images', 'train_labels', 'test_images'],
    [['x', 'y'], 'x', 'y', undefined],
    [['images', 'targets'], 'images', 'targets', undefined],
    [['a', 'b'], undefined, undefined, undefined],
  ])('are told by their names: %j', (names, inputs, labels, validation) => {
    const { train, validation: found } = guessArrays(names);
    expect([train?.inputs, train?.labels, found?.inputs]).toEqual([inputs, labels, validation]);
  });
});
