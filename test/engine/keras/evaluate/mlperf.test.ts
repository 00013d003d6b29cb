// Builders of MLPerf Tiny's architectures in three styles derive to the models that the h5 files hold.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openModel } from '../../../../engine/importers/open-model.ts';
import type { Json, KerasLayer, KerasModel } from '../../../../engine/keras/model.ts';
import { describeWithShared, shared } from '../../../shared.ts';
import { derive } from './derive.ts';

const BUILDERS = [
  ['resnet8', 'ic_resnet8_float.h5'],
  ['dscnn', 'kws_dscnn_float.h5'],
  ['mobilenet', 'vww_mobilenetv1_025_96_float.h5'],
] as const;

/** How weights start and are kept small in training is no part of the graph. */
const UNCOMPARED =
  /initializer|regularizer|constraint|^(name|dtype|trainable|sparse|ragged|momentum|epsilon|noise_shape|seed|renorm.*|fused|virtual_batch_size|adjustment|batch_input_shape|batch_shape|synchronized)$/;

/** A file keeps what `build` made of an argument: `axis=-1` as [3], strides that follow the window. */
function standard(layer: KerasLayer, name: string, value: Json): Json {
  const rank = Array.isArray(layer.outputShape) ? layer.outputShape.length : 0;
  if (name === 'axis' && typeof value === 'number') return [(value + rank) % rank];
  return name === 'strides' ? (value ?? layer.config.pool_size) : value;
}

const facts = (model: KerasModel) =>
  model.layers.map((layer) => ({
    name: layer.name,
    class: layer.class,
    shape: layer.outputShape,
    weights: layer.weights.map(({ name, shape, trainable }) => [name, shape, trainable]),
    inputs: layer.calls.map(({ inputs }) => inputs),
    config: Object.fromEntries(
      Object.entries(layer.config)
        .filter(([name]) => layer.class !== 'InputLayer' && !UNCOMPARED.test(name))
        // Files of TensorFlow 2.3 write an argument that the class does not have.
        .filter(([name]) => layer.class !== 'DepthwiseConv2D' || name !== 'groups')
        .map(([name, value]) => [name, standard(layer, name, value)]),
    ),
  }));

describeWithShared("MLPerf Tiny's architectures from source", 'data/mlperf_tiny', () => {
  it.each(BUILDERS)('%s is what %s holds', async (name, file) => {
    const text = readFileSync(join(import.meta.dirname, 'models', `${name}.py`), 'utf8');
    const { models, stopped } = await derive(text, { entry: 'build_model()' });
    expect(stopped).toEqual([]);
    expect(models).toHaveLength(1);
    expect(models[0].complete).toBe(true);
    const opened = await openModel(readFileSync(shared('data/mlperf_tiny', file)), file);
    if (opened.kind !== 'keras') throw new Error('The file holds no Keras model.');
    expect(facts(models[0])).toEqual(facts(opened.model));
  });
});
