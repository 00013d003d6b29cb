// Layers that would have to obey a mask are refused, others pass it on.

import { describe, expect, it } from 'vitest';
import { modelFromConfig } from '../../../../engine/keras/from-config.ts';
import { lower } from '../../../../engine/keras/lower/lower.ts';
import type { Json } from '../../../../engine/keras/model.ts';

const layer = (className: string, config: { readonly [key: string]: Json }): Json => ({
  module: 'keras.layers',
  class_name: className,
  config: { name: className.toLowerCase(), ...config },
});

function model(maskZero: boolean, ...layers: readonly Json[]) {
  const input = { class_name: 'InputLayer', config: { name: 'input', batch_shape: [null, 5], dtype: 'int32' } };
  const embedding = layer('Embedding', { input_dim: 9, output_dim: 4, mask_zero: maskZero });
  return modelFromConfig({ class_name: 'Sequential', config: { name: 'm', layers: [input, embedding, ...layers] } }, 3);
}

describe('masks', () => {
  const dense = layer('Dense', { units: 3 });
  it.each(['LSTM', 'GRU', 'SimpleRNN'])('%s behind a masked embedding is refused', (name) => {
    const recurrent = layer(name, { units: 3 });
    expect(() => lower(model(true, dense, recurrent))).toThrow(/reads a masked sequence/);
    expect(() => lower(model(false, dense, recurrent))).not.toThrow();
  });

  it('is gone behind a convolution', () => {
    const convolution = layer('Conv1D', { filters: 3, kernel_size: [2] });
    expect(() => lower(model(true, convolution, layer('LSTM', { units: 3 })))).not.toThrow();
  });
});
