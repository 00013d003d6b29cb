// Models from their JSON: what is Keras's own, and what is not.

import { describe, expect, it } from 'vitest';
import { modelFromConfig } from '../../../engine/keras/from-config.ts';
import type { Json } from '../../../engine/keras/model.ts';

const INPUT: Json = { class_name: 'InputLayer', config: { name: 'input', batch_shape: [null, 8, 8, 3] } };

const modelOf = (...layers: readonly Json[]) =>
  modelFromConfig({ class_name: 'Sequential', config: { name: 'm', layers: [INPUT, ...layers] } }, 3);

const convolution = (extra: { readonly [key: string]: Json }): Json => ({
  module: 'keras.layers',
  class_name: 'Conv2D',
  config: { name: 'conv', filters: 4, kernel_size: [3, 3] },
  ...extra,
});

describe('modelFromConfig', () => {
  it('knows the shapes of a model of known layers', () => {
    const model = modelOf(convolution({}));
    expect(model).toMatchObject({ complete: true, layers: [{ class: 'Conv2D', outputShape: [null, 6, 6, 4] }] });
  });

  it.each([
    ['registered', { module: null, class_name: 'Custom>Conv2D' }],
    ['of another module', { module: 'my_layers', registered_name: 'Conv2D' }],
  ])("takes no class of the user's own for Keras's: %s", (_, extra) => {
    const model = modelOf(convolution(extra));
    expect(model.complete).toBe(false);
    expect(model.layers[0]).toMatchObject({ outputShape: null, weights: [], custom: { base: null } });
    expect(model.stopped[0].reason).toContain('Conv2D is not one of Keras 3');
  });
});
