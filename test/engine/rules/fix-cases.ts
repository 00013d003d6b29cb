// Texts before and after each fix, in the ways in which users wire layers.

import type { TargetName } from '../../../engine/quantization/settings.ts';

export interface FixCase {
  readonly rule: string;
  readonly wiring: string;
  readonly target?: TargetName;
  readonly before: string;
  readonly after: string;
  /** Classes of the layers that the model loses and gains. */
  readonly removed?: readonly string[];
  readonly added?: readonly string[];
  /** Arguments that the fix is about. */
  readonly changes?: readonly string[];
}

const HEAD = `from tensorflow import keras
from tensorflow.keras import layers

`;
const BARE = `from tensorflow.keras import Input, Model
from tensorflow.keras.layers import Activation, BatchNormalization, Conv2D, ZeroPadding2D

`;
const RELU6 = `from tensorflow import keras
from tensorflow.keras import layers
import tensorflow as tf

`;

/** The same chain of layers in a functional model, a list, and by `add`. */
const functional = (...lines: readonly string[]): string =>
  `${HEAD}inputs = keras.Input((32, 32, 3))\nx = layers.Conv2D(8, 1)(inputs)\n${lines.map((line) => `x = ${line}(x)\n`).join('')}model = keras.Model(inputs, x)\n`;
const list = (...lines: readonly string[]): string =>
  `${HEAD}model = keras.Sequential([\n    keras.Input((32, 32, 3)),\n${lines.map((line) => `    ${line},\n`).join('')}])\n`;
const added = (...lines: readonly string[]): string =>
  `${HEAD}model = keras.Sequential()\nmodel.add(keras.Input((32, 32, 3)))\n${lines.map((line) => `model.add(${line})\n`).join('')}`;

const WIRINGS = { functional, 'a list': list, 'model.add': added } as const;

/** One change in every wiring. */
function everyWiring(
  rule: string,
  before: readonly string[],
  after: readonly string[],
  rest: Omit<FixCase, 'rule' | 'wiring' | 'before' | 'after'> = {},
): readonly FixCase[] {
  return Object.entries(WIRINGS).map(([wiring, write]) => ({
    rule,
    wiring,
    before: write(...before),
    after: write(...after),
    ...rest,
  }));
}

export const FIX_CASES: readonly FixCase[] = [
  ...everyWiring(
    'batch-norm-not-folded',
    ["layers.Conv2D(8, 3, activation='relu', padding='same')", 'layers.BatchNormalization()', 'layers.Conv2D(4, 1)'],
    ["layers.Conv2D(8, 3, padding='same')", 'layers.BatchNormalization()', 'layers.ReLU()', 'layers.Conv2D(4, 1)'],
    { added: ['ReLU'], changes: ['activation'] },
  ),
  ...everyWiring(
    'batch-norm-not-folded',
    ['layers.Conv2D(8, 3)', 'layers.ReLU()', 'layers.BatchNormalization()', 'layers.Conv2D(4, 1)'],
    ['layers.Conv2D(8, 3)', 'layers.BatchNormalization()', 'layers.ReLU()', 'layers.Conv2D(4, 1)'],
  ),
  ...everyWiring(
    'relu6-not-fused',
    ["layers.Conv2D(8, 3, activation='relu6')", 'layers.Conv2D(4, 1)'],
    ['layers.Conv2D(8, 3)', 'layers.ReLU(6.)', 'layers.Conv2D(4, 1)'],
    { target: 'tfmot-default-8bit', added: ['ReLU'], changes: ['activation'] },
  ),
  ...everyWiring(
    'relu6-not-fused',
    ['layers.Conv2D(8, 3)', 'layers.BatchNormalization()', "layers.Activation('relu6')", 'layers.Conv2D(4, 1)'],
    ['layers.Conv2D(8, 3)', 'layers.BatchNormalization()', 'layers.ReLU(6.)', 'layers.Conv2D(4, 1)'],
    { target: 'tfmot-default-8bit', removed: ['Activation'], added: ['ReLU'] },
  ),
  ...everyWiring(
    'padding-not-fused',
    ['layers.ZeroPadding2D(1)', 'layers.Conv2D(8, 3)', 'layers.Conv2D(4, 1)'],
    ["layers.Conv2D(8, 3, padding='same')", 'layers.Conv2D(4, 1)'],
    { removed: ['ZeroPadding2D'], changes: ['padding'] },
  ),
  ...everyWiring(
    'redundant-activation',
    ["layers.Conv2D(8, 3, activation='relu')", 'layers.ReLU()', 'layers.Conv2D(4, 1)'],
    ["layers.Conv2D(8, 3, activation='relu')", 'layers.Conv2D(4, 1)'],
    { removed: ['ReLU'] },
  ),
  ...everyWiring(
    'convolution-bias-before-batch-norm',
    ['layers.Conv2D(8, 3)', 'layers.BatchNormalization()', 'layers.Conv2D(4, 1)'],
    ['layers.Conv2D(8, 3, use_bias=False)', 'layers.BatchNormalization()', 'layers.Conv2D(4, 1)'],
    { changes: ['use_bias'] },
  ),
  ...everyWiring(
    'unbounded-activation-output',
    ["layers.Conv2D(8, 3, activation='relu')", 'layers.Conv2D(4, 1)'],
    ['layers.Conv2D(8, 3)', 'layers.BatchNormalization()', 'layers.ReLU()', 'layers.Conv2D(4, 1)'],
    { added: ['BatchNormalization', 'ReLU'], changes: ['activation'] },
  ),
  ...everyWiring(
    'unbounded-activation-output',
    ['layers.Conv2D(8, 3)', 'layers.LeakyReLU()', 'layers.Conv2D(4, 1)'],
    ['layers.Conv2D(8, 3)', 'layers.BatchNormalization()', 'layers.LeakyReLU()', 'layers.Conv2D(4, 1)'],
    { added: ['BatchNormalization'] },
  ),
  {
    rule: 'relu6-not-fused',
    wiring: 'nested calls, a name that was not imported',
    target: 'tfmot-default-8bit',
    before: `${BARE}inputs = Input((32, 32, 3))
model = Model(inputs, Activation('relu6')(BatchNormalization()(Conv2D(8, 3)(inputs))))
`,
    after: `${BARE.replace('Activation,', 'Activation, ReLU,')}inputs = Input((32, 32, 3))
model = Model(inputs, ReLU(6.)(BatchNormalization()(Conv2D(8, 3)(inputs))))
`,
    removed: ['Activation'],
    added: ['ReLU'],
  },
  {
    rule: 'relu6-not-fused',
    wiring: 'a function of TensorFlow, with a name',
    target: 'tfmot-default-8bit',
    before: `${RELU6}inputs = keras.Input((32, 32, 3))
x = layers.BatchNormalization()(layers.Conv2D(8, 3)(inputs))
x = layers.Activation(tf.nn.relu6, name='act')(x)
model = keras.Model(inputs, x)
`,
    after: `${RELU6}inputs = keras.Input((32, 32, 3))
x = layers.BatchNormalization()(layers.Conv2D(8, 3)(inputs))
x = layers.ReLU(6., name='act')(x)
model = keras.Model(inputs, x)
`,
    removed: ['Activation'],
    added: ['ReLU'],
  },
  {
    rule: 'batch-norm-not-folded',
    wiring: 'inside a helper',
    before: `${HEAD}def block(x, filters):
    y = layers.Conv2D(filters, 3, activation="relu", use_bias=False)(x)  # first
    y = layers.BatchNormalization()(y)
    return y


inputs = keras.Input((32, 32, 3))
model = keras.Model(inputs, block(inputs, 8))
`,
    after: `${HEAD}def block(x, filters):
    y = layers.Conv2D(filters, 3, use_bias=False)(x)  # first
    y = layers.BatchNormalization()(y)
    y = layers.ReLU()(y)
    return y


inputs = keras.Input((32, 32, 3))
model = keras.Model(inputs, block(inputs, 8))
`,
    added: ['ReLU'],
    changes: ['activation'],
  },
  {
    rule: 'redundant-activation',
    wiring: 'other names',
    before: `${BARE}inputs = Input((32, 32, 3))
a = Conv2D(8, 3, activation='relu')(inputs)
b = Activation('relu')(a)
model = Model(inputs, Conv2D(4, 1)(b))
`,
    after: `${BARE}inputs = Input((32, 32, 3))
a = Conv2D(8, 3, activation='relu')(inputs)
b = a
model = Model(inputs, Conv2D(4, 1)(b))
`,
    removed: ['Activation'],
  },
  {
    rule: 'padding-not-fused',
    wiring: 'other names',
    before: `${BARE}inputs = Input((32, 32, 3))
padded = ZeroPadding2D(padding=(1, 1))(inputs)
out = Conv2D(8, (3, 3), padding='valid')(padded)
model = Model(inputs, out)
`,
    after: `${BARE}inputs = Input((32, 32, 3))
out = Conv2D(8, (3, 3), padding='same')(inputs)
model = Model(inputs, out)
`,
    removed: ['ZeroPadding2D'],
    changes: ['padding'],
  },
];
