// What one run hands over, another config takes: the same ranges, and the same .tflite to the byte.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { json, quantlens } from './quantlens.ts';
import { smallConfig, smallData } from './small-data.ts';

const small = smallData();
const { folder } = small;
small.npz('small.npz');

const quantized = (more: string) => {
  small.config('again.quant.yaml', smallConfig(undefined, 'small.npz', more));
  const result = quantlens(folder, 'quantize', 'again.quant.yaml', '--json');
  return { ...result, run: result.code === 0 ? (json(result) as { run: string }).run : '' };
};
const model = (run: string): Buffer => readFileSync(join(run, 'ptq.tflite'));

/** Not the observer that `again.quant.yaml` has: what it finds would be other ranges. */
let first: string;

beforeAll(() => {
  first = quantized('quantization: { activations: { observer: percentile } }\n').run;
  for (const [format, file] of [
    ['aimet', 'm.encodings'],
    ['ranges', 'ranges.json'],
  ]) {
    expect(quantlens(folder, 'export', first, '--format', format, '--output', file).code).toBe(0);
  }
}, 60_000);

test('its own ranges are others', () => expect(model(quantized('').run)).not.toEqual(model(first)));

test.each(['encodings: m.encodings', 'ranges: ranges.json'])('%s makes the same model', (key) => {
  const { run, stderr } = quantized(`quantization: { ${key} }\n`);
  expect(model(run)).toEqual(model(first));
  expect(stderr).not.toMatch(/Calibrating/);
});

test('what a file lacks is calibrated, what the model lacks is said', () => {
  const encodings = JSON.parse(readFileSync(join(folder, 'm.encodings'), 'utf8'));
  const { digit, ...others } = encodings.activation_encodings;
  writeFileSync(
    join(folder, 'part.encodings'),
    JSON.stringify({ ...encodings, activation_encodings: { ...others, gone: digit } }),
  );
  const { code, stderr } = quantized('quantization: { encodings: part.encodings }\n');
  expect(code).toBe(0);
  expect(stderr).toMatch(/Calibrating on 64 samples/);
  expect(stderr).toMatch(/part\.encodings has encodings of gone, which the model does not have; they are left out\./);
});

test('a recipe of AI Edge Quantizer says which ops are quantized', () => {
  const int8 = {
    activation_tensor_config: { num_bits: 8, symmetric: false, granularity: 'TENSORWISE', dtype: 'INT' },
    weight_tensor_config: { num_bits: 8, symmetric: true, granularity: 'CHANNELWISE', dtype: 'INT' },
    compute_precision: 'INTEGER',
  };
  const rules = [
    { regex: '.*', operation: '*', algorithm_key: 'min_max_uniform_quantize', op_config: int8 },
    { regex: 'digit', operation: 'FULLY_CONNECTED', algorithm_key: 'no_quantize' },
  ];
  writeFileSync(join(folder, 'recipe.json'), JSON.stringify(rules));
  const { run } = quantized('quantization: { recipe: recipe.json }\n');
  const graph = json(quantlens(folder, 'graph', join(run, 'ptq.tflite'), '--json')) as {
    subgraphs: { ops: { op: string; outputs: number[] }[]; tensors: { dtype: string }[] }[];
  };
  const [{ ops, tensors }] = graph.subgraphs;
  const types = (kind: string) => ops.filter(({ op }) => op === kind).map(({ outputs }) => tensors[outputs[0]].dtype);
  expect(types('FULLY_CONNECTED')).toEqual(['float32']);
  expect(new Set(types('CONV_2D'))).toEqual(new Set(['int8']));
});

describe('bad hand-offs end in one sentence', () => {
  test.each([
    ['encodings: none.json', /^error: none\.json cannot be read: there is no such file or folder\.$/m],
    ['encodings: ranges.json', /^error: ranges\.json is no AIMET encodings file: .+\.$/m],
    ['ranges: m.encodings', /^error: m\.encodings is no file of ranges: .+\.$/m],
    ['recipe: ranges.json', /^error: ranges\.json is no recipe of AI Edge Quantizer: .+\.$/m],
    ['recipe: again.quant.yaml', /`quantization\.recipe` is the text "again\.quant\.yaml"; expected a \.json/],
  ])('%s', (key, message) => {
    const { code, stdout, stderr } = quantized(`quantization: { ${key} }\n`);
    expect(stderr).toMatch(message);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  test('scales of weights that are changed', () => {
    const { code, stderr } = quantized(
      'quantization: { encodings: m.encodings }\npostTraining: { equalization: true }\n',
    );
    expect(code).toBe(2);
    expect(stderr).toMatch(/`quantization\.encodings` holds scales of the weights as they are/);
  });
});
