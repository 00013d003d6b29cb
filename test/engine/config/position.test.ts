// The key at a position of a config, as completion and hover need it.

import { describe, expect, test } from 'vitest';
import { placeAt, rangeOf } from '../../../engine/config/position.ts';

/** The place of `|` in the text. */
const at = (text: string) => {
  const { path, at, written, siblings, schema } = placeAt(text.replace('|', ''), text.indexOf('|'));
  return { place: `${at} ${path.join('.')}`, written, siblings, type: schema?.type };
};

describe('placeAt', () => {
  test('finds keys and values', () => {
    expect(at('model: a.h5\ntrain|ing: { epochs: 3 }')).toMatchObject({ place: 'key training', written: 'training' });
    expect(at('training: { epochs: 3| }')).toMatchObject({ place: 'value training.epochs', type: 'integer' });
    expect(at('quantization:\n  overrides:\n    - match: conv|_1\n')).toMatchObject({
      place: 'value quantization.overrides.0.match',
      written: 'conv_1',
    });
  });

  test('knows the mapping of a key that is not there yet', () => {
    expect(at('model: a.h5\n|')).toMatchObject({ place: 'key ', siblings: ['model'] });
    expect(at('model: a.h5\ntraining:\n  epochs: 3\n  |\n')).toMatchObject({
      place: 'key training',
      siblings: ['epochs'],
    });
    expect(at('data:\n  train:\n    path: a\n  |\nmodel: b')).toMatchObject({ place: 'key data', siblings: ['train'] });
    expect(at('training: { epochs: 3, | }').place).toBe('key training');
  });

  test('knows the key of a value that is not there yet', () => {
    expect(at('model: a.h5\nweights: |\n')).toMatchObject({ place: 'value weights', type: 'string' });
    expect(at('training:\n  optimizer: |').place).toBe('value training.optimizer');
  });

  test('counts the entries of a list', () => {
    const text = "quantization:\n  overrides:\n    - match: 'a'\n      skip: true\n    - match: 'b'\n      |\n";
    expect(at(text).place).toBe('key quantization.overrides.1');
    expect(at('quantization:\n  overrides:\n    - match: a\n    - |\n').place).toBe('key quantization.overrides.1');
    expect(at('quantization:\n  overrides:\n    - match: a\n      weights:\n        |\n').place).toBe(
      'key quantization.overrides.0.weights',
    );
  });

  test('never throws, wherever the cursor is in half written text', () => {
    const text = 'model: [a\nquantization:\n\toverrides:\n  - - : {x\n"';
    for (let offset = 0; offset <= text.length; offset++) expect(() => placeAt(text, offset)).not.toThrow();
  });
});

test('rangeOf is the span of a value', () => {
  const text = 'model: a.h5\ntraining: { epochs: 30 }\n';
  const range = rangeOf(text, ['training', 'epochs']);
  expect(text.slice(range?.start, range?.end)).toBe('30');
  expect(rangeOf(text, ['data', 'train'])).toBeUndefined();
});
