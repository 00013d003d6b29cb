// Keras layers that QuantLens does not turn into ops of its own: what the full-integer converter makes of them.
// From `test/oracles/converter_ops.py` (TensorFlow 2.20). A class that is not here is not known.

import type { OpSupport } from '../quantization/targets/target.ts';

const integer: OpSupport = { kind: 'integer' };
const float = (reason: string): OpSupport => ({ kind: 'float', reason });
const none = (reason: string): OpSupport => ({ kind: 'none', reason });

const SUPPORT: { readonly [className: string]: OpSupport } = {
  Attention: integer,
  Conv3D: float('CONV_3D has no integer kernel'),
  Conv3DTranspose: float('CONV_3D_TRANSPOSE has no integer kernel'),
  MaxPooling3D: none('LiteRT has no three-dimensional pooling'),
  AveragePooling3D: none('LiteRT has no three-dimensional pooling'),
  LSTM: integer,
  GRU: float('its steps become a WHILE loop, which runs in float'),
  SimpleRNN: float('its steps become a WHILE loop, which runs in float'),
  LayerNormalization: integer,
  GroupNormalization: float('it squares its input, and SQUARE has no integer form'),
  UnitNormalization: integer,
  Embedding: integer,
  LocallyConnected1D: integer,
  LocallyConnected2D: integer,
  MultiHeadAttention: integer,
  RepeatVector: integer,
};

export const unloweredSupport = (className: string): OpSupport | undefined => SUPPORT[className];
