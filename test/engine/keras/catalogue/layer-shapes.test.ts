// Output shapes, weights and errors of the catalogue against real Keras 2 and 3 (test/oracles/keras/layer_shapes.py).
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../../../engine/errors.ts';
import type { Shape } from '../../../../engine/graph/tensor.ts';
import { applicationOf, applyLayer } from '../../../../engine/keras/catalogue/apply.ts';
import { layerConfig } from '../../../../engine/keras/catalogue/arguments.ts';
import { layerSpec } from '../../../../engine/keras/catalogue/catalogue.ts';
import type { Config, KerasVersion } from '../../../../engine/keras/catalogue/layer-spec.ts';

type Weight = readonly [name: string, shape: readonly number[], trainable: boolean];
type Case = readonly [KerasVersion, string, Config, readonly Shape[], readonly Shape[] | string, readonly Weight[]];
const cases = JSON.parse(
  readFileSync(new URL('../../../oracles/keras/layer-shapes.json', import.meta.url), 'utf8'),
) as readonly Case[];

/** Where a shape rule cannot or need not follow Keras, each with its reason. */
const DIFFERENCES: Readonly<Record<string, string>> = {
  'UpSampling2D {"size":[2,3],"interpolation":"wrong"} of Keras 3 on [[null,17,14,6]]':
    'Keras 3 takes any interpolation and fails when the layer runs',
  'Cropping3D {"cropping":40} of Keras 2 on [[null,9,8,7,4]]': 'Keras 2 crops a volume to nothing without a word',
  'SpectralNormalization {"layer":{"class_name":"Conv2D","config":{"filters":3,"kernel_size":3}}} of Keras 2 on [[null,17,14,6]]':
    'tf_keras 2.20.1 raises a TypeError about its own InputSpec for every input',
};

function ours([version, name, given, inputs]: Case): { outputs: readonly Shape[] | null | string; weights: Weight[] } {
  const spec = layerSpec(name, version)!;
  try {
    const config = layerConfig(spec, version, 'layer', given);
    const { outputShapes, weights } = applyLayer(spec, applicationOf(spec, 'layer', config, version, inputs));
    return {
      outputs: outputShapes,
      weights: weights.map(
        (weight): Weight => [weight.name.split('/').at(-1)!, weight.shape as readonly number[], weight.trainable],
      ),
    };
  } catch (error) {
    if (error instanceof InputError) return { outputs: error.message, weights: [] };
    throw error;
  }
}

const groups = new Map<string, Case[]>();
for (const each of cases) {
  const group = `${each[1]} (Keras ${each[0]})`;
  groups.set(group, [...(groups.get(group) ?? []), each]);
}

describe('output shapes and weights', () => {
  it.each([...groups.keys()])('%s', (group) => {
    for (const each of groups.get(group)!) {
      const [version, name, given, inputs, outputs, weights] = each;
      const title = `${name} ${JSON.stringify(given)} of Keras ${version} on ${JSON.stringify(inputs)}`;
      if (title in DIFFERENCES) continue;
      const found = ours(each);
      if (typeof outputs === 'string') {
        expect(typeof found.outputs, `${title} is refused by Keras (${outputs}), not by us`).toBe('string');
        continue;
      }
      expect(found.outputs, title).toEqual(outputs);
      expect(found.weights, title).toEqual(weights);
    }
  });
});
