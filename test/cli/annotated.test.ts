// `quantize_annotate_layer` in a source: only those layers are quantized, and the float island between them says what it costs.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readTflite } from '../../engine/importers/tflite.ts';
import { json, quantlens } from './quantlens.ts';
import { smallConfig, smallData } from './small-data.ts';

const small = smallData();
small.npz('small.npz');
writeFileSync(
  join(small.folder, 'annotated.py'),
  `import tensorflow as tf
import tensorflow_model_optimization as tfmot
from tensorflow.keras import layers

annotate = tfmot.quantization.keras.quantize_annotate_layer


def build():
    image = layers.Input((8, 8, 1))
    x = annotate(layers.Conv2D(8, 3, padding='same', activation='relu', name='stem'))(image)
    x = layers.Conv2D(8, 3, padding='same', activation='relu', name='body')(x)
    x = layers.Flatten(name='flat')(x)
    x = annotate(layers.Dense(10, name='head'))(x)
    return tf.keras.Model(image, layers.Softmax(name='answer')(x))
`,
);

test('annotated layers alone are quantized', () => {
  small.config(
    'annotated.quant.yaml',
    smallConfig(
      'annotated.py:build',
      'small.npz',
      'floatTraining: { epochs: 1, batch: 32 }\ntraining: { epochs: 1, batch: 32 }\n',
    ),
  );
  const result = quantlens(small.folder, 'train', 'annotated.quant.yaml', '--json');
  expect(result.stderr).toMatch(
    /body, flat stay float: its layer is to be skipped\. Its borders cost 2 conversions of 1,024 values a sample\./,
  );
  expect(result.code).toBe(0);
  const { run } = json(result) as { run: string };
  const { ops, tensors } = readTflite(readFileSync(join(run, 'qat.tflite'))).subgraphs[0];
  const types = ops.map(({ kind, outputs }) => `${kind} ${tensors[outputs[0]].dtype}`);
  expect(types).toEqual([
    'CONV_2D int8', 'DEQUANTIZE float32', 'CONV_2D float32', 'RESHAPE float32', 'QUANTIZE int8', 'FULLY_CONNECTED int8',
    'DEQUANTIZE float32', 'SOFTMAX float32', 'QUANTIZE int8',
  ]); // biome-ignore format: one line of ops
}, 240_000);
