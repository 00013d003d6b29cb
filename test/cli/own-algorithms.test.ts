// The examples of own algorithms from the command line: a config names them, a job loads, trains and exports with them.
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import type { Graph } from '../../engine/graph/graph.ts';
import { readTflite } from '../../engine/importers/tflite.ts';
import { json, quantlens } from './quantlens.ts';
import { smallConfig, smallData } from './small-data.ts';

const EXAMPLES = resolve(import.meta.dirname, '../../examples/own-algorithms');
const small = smallData();
small.npz('small.npz');
const FLOAT = 'floatTraining: { epochs: 3, learningRate: 3e-3, batch: 32 }\n';
const share = expect.toSatisfy((value: number) => value >= 0 && value <= 1);

interface Trained {
  readonly run: string;
  readonly qat: { readonly accuracy: number; readonly fakeQuantAccuracy: number };
}

const graphOf = (run: string, name: string): Graph =>
  readTflite(readFileSync(join(run, `${name}.tflite`))).subgraphs[0];

test('a quantizer and an observer train and export int4 weights on the scales that were learned', () => {
  small.config(
    'own.quant.yaml',
    smallConfig(
      undefined,
      'small.npz',
      `${FLOAT}training: { epochs: 2, batch: 32, learningRate: 1e-3 }
quantization:
  weights: { bits: 4, quantizer: ${EXAMPLES}/learned-step.mjs }
  activations: { observer: ${EXAMPLES}/three-sigma.mjs }
`,
    ),
  );
  const result = quantlens(small.folder, 'train', 'own.quant.yaml', '--json');
  expect(result.code).toBe(0);
  const { run, qat } = json(result) as Trained;
  expect(qat).toEqual({ accuracy: share, fakeQuantAccuracy: share });
  expect(Math.abs(qat.accuracy - qat.fakeQuantAccuracy)).toBeLessThan(0.1);
  const graph = graphOf(run, 'qat');
  const convolution = graph.ops.find(({ kind }) => kind === 'CONV_2D');
  const weights = graph.tensors[convolution?.inputs[1] ?? -1];
  expect(weights.dtype).toBe('int4');
  // What was learned is not what post-training quantization found.
  const before = graphOf(run, 'ptq');
  const same = before.tensors.find(({ name }) => name === weights.name);
  expect(weights.quantization?.scales).not.toEqual(same?.quantization?.scales);
}, 240_000);

test('a layer of a class that Keras does not have is trained, quantized and exported as its ops', () => {
  const layer = (className: string, name: string, config: object) => ({
    module: className === 'ChannelAttention' ? null : 'keras.layers',
    class_name: className,
    config: { name, ...config },
    registered_name: className === 'ChannelAttention' ? 'digits>ChannelAttention' : null,
  });
  const model = {
    module: 'keras',
    class_name: 'Sequential',
    config: {
      name: 'attention',
      layers: [
        layer('InputLayer', 'image', { batch_shape: [null, 8, 8, 1], dtype: 'float32' }),
        layer('Conv2D', 'stem', {
          filters: 8,
          kernel_size: [3, 3],
          strides: [2, 2],
          padding: 'same',
          activation: 'relu',
        }),
        layer('ChannelAttention', 'attention', { ratio: 2 }),
        layer('Flatten', 'flatten', {}),
        layer('Dense', 'digit', { units: 10, activation: 'softmax' }),
      ],
    },
    registered_name: null,
  };
  writeFileSync(join(small.folder, 'attention.json'), JSON.stringify(model));
  const text = smallConfig(
    'attention.json',
    'small.npz',
    `${FLOAT}layers: { ChannelAttention: ${EXAMPLES}/channel-attention.mjs }\n`,
  );
  small.config('layer.quant.yaml', text);
  const result = quantlens(small.folder, 'train', 'layer.quant.yaml', '--json');
  expect(result.code).toBe(0);
  const graph = graphOf((json(result) as Trained).run, 'qat');
  expect(graph.ops.map(({ kind }) => kind)).toEqual([
    'CONV_2D', 'MEAN', 'FULLY_CONNECTED', 'FULLY_CONNECTED', 'LOGISTIC', 'RESHAPE', 'MUL', 'RESHAPE', 'FULLY_CONNECTED', 'SOFTMAX',
  ]); // biome-ignore format: one line of ops
  const kernel = graph.tensors.find(({ shape }) => String(shape) === '4,8');
  expect(kernel?.dtype).toBe('int8');
  // Without the module the class is not known.
  small.config('without.quant.yaml', smallConfig('attention.json', 'small.npz', FLOAT));
  const without = quantlens(small.folder, 'train', 'without.quant.yaml');
  expect(without.code).not.toBe(0);
  expect(without.stderr).toMatch(/ChannelAttention/);
}, 240_000);

test('what a module throws is one sentence that names its file', () => {
  writeFileSync(
    join(small.folder, 'broken.mjs'),
    "export default { kind: 'observer', stateSize: () => 1, start() {}, observe() { throw new Error('out of luck'); }, ranges: () => [] };",
  );
  small.config(
    'broken.quant.yaml',
    smallConfig(undefined, 'small.npz', 'quantization: { activations: { observer: broken.mjs } }\n'),
  );
  const result = quantlens(small.folder, 'quantize', 'broken.quant.yaml');
  expect(result.code).not.toBe(0);
  expect(result.stderr).toMatch(/observe of .*broken\.mjs failed for the activations of .*: out of luck/);
  expect(result.stderr).not.toMatch(/\n\s+at /);
}, 120_000);
