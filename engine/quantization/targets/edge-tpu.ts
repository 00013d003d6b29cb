// Coral's Edge TPU: the operators that its compiler maps, with their limits. An operator that is not mapped ends the
// accelerated part: it and all that follow it run on the CPU. Source: coral.ai/docs/edgetpu/models-intro, "Supported
// operations" (compiler 16).

import type { OpKind } from '../../graph/op.ts';
import type { OpLimit, OpSupport, OpTarget } from './target.ts';
import { INT8_OPS } from './tflite-int8.ts';

const mapped = (...limits: readonly OpLimit[]): OpSupport => ({
  kind: 'integer',
  ...(limits.length > 0 && { limits }),
});

const MAPPED: { readonly [K in OpKind]?: OpSupport } = {
  ADD: mapped(),
  AVERAGE_POOL_2D: mapped('no-fused-activation'),
  CONCATENATION: mapped('no-fused-activation'),
  CONV_2D: mapped('equal-dilation'),
  DEPTHWISE_CONV_2D: mapped('no-dilation'),
  EXPAND_DIMS: mapped(),
  FULLY_CONNECTED: mapped(),
  L2_NORMALIZATION: mapped(),
  LOGISTIC: mapped(),
  UNIDIRECTIONAL_SEQUENCE_LSTM: mapped(),
  MAXIMUM: mapped(),
  MAX_POOL_2D: mapped('no-fused-activation'),
  MEAN: mapped('reduces-height-or-width'),
  MINIMUM: mapped(),
  MUL: mapped(),
  PACK: mapped(),
  PAD: mapped('pads-height-or-width'),
  PRELU: mapped(),
  QUANTIZE: mapped(),
  REDUCE_MAX: mapped('reduces-height-or-width'),
  REDUCE_MIN: mapped('reduces-height-or-width'),
  RELU: mapped(),
  RELU6: mapped(),
  RELU_N1_TO_1: mapped(),
  RESHAPE: mapped(),
  RESIZE_BILINEAR: mapped(),
  RESIZE_NEAREST_NEIGHBOR: mapped(),
  RSQRT: mapped(),
  SLICE: mapped(),
  SOFTMAX: mapped('one-dimensional'),
  SPACE_TO_DEPTH: mapped(),
  SPLIT: mapped(),
  SQUEEZE: mapped(),
  SQUARED_DIFFERENCE: mapped(),
  STRIDED_SLICE: mapped('unit-strides'),
  SUB: mapped(),
  SUM: mapped('reduces-height-or-width'),
  TANH: mapped(),
  TRANSPOSE: mapped(),
  TRANSPOSE_CONV: mapped(),
};

/** Kinds that never reach the compiler keep their entry; the rest is not mapped. */
function support(kind: OpKind): OpSupport {
  const general = INT8_OPS[kind];
  if (general.kind === 'training' || general.kind === 'not-real') return general;
  return MAPPED[kind] ?? { kind: 'none', reason: 'the Edge TPU compiler does not map it' };
}

export const EDGE_TPU: OpTarget = {
  level: 'op',
  name: 'edge-tpu',
  title: 'Coral Edge TPU',
  source: 'coral.ai/docs/edgetpu/models-intro, supported operations of compiler 16',
  activationBits: [8],
  weightBits: [8],
  ops: Object.fromEntries((Object.keys(INT8_OPS) as OpKind[]).map((kind) => [kind, support(kind)])) as OpTarget['ops'],
  runsFloat: false,
  staticShapes: true,
};
