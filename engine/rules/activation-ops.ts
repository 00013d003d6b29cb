// The ops that are activations, and how a user calls them.

import type { OpKind } from '../graph/op.ts';

export const ACTIVATION_OPS: ReadonlyMap<OpKind, string> = new Map([
  ['RELU', 'ReLU'],
  ['RELU6', 'ReLU6'],
  ['RELU_N1_TO_1', 'ReLU (−1 to 1)'],
  ['RELU_0_TO_1', 'ReLU (0 to 1)'],
  ['LEAKY_RELU', 'LeakyReLU'],
  ['PRELU', 'PReLU'],
  ['ELU', 'ELU'],
  ['GELU', 'GELU'],
  ['HARD_SWISH', 'hard-swish'],
  ['LOGISTIC', 'sigmoid'],
  ['TANH', 'tanh'],
  ['SOFTMAX', 'softmax'],
  ['LOG_SOFTMAX', 'log-softmax'],
]);
