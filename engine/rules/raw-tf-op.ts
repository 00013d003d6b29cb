// A TensorFlow function applied to Keras tensors: TFMOT has no entry for what Keras makes of it.

import type { FindingData } from './finding.ts';
import { refusalFindings } from './refusals.ts';
import type { Rule } from './rule.ts';
import { quoted } from './words.ts';

interface Data extends FindingData {
  readonly layer: string | null;
  readonly what: string;
  readonly instead: string | null;
}

/** Keras layers that compute the same, by TensorFlow's name for the function. */
const INSTEAD: readonly (readonly [RegExp, string])[] = [
  [/nn\.relu6/, 'ReLU(6.)'],
  [/nn\.relu/, 'ReLU()'],
  [/nn\.leaky_relu/, 'LeakyReLU()'],
  [/sigmoid/, "Activation('sigmoid')"],
  [/nn\.softmax/, 'Softmax()'],
  [/tanh/, "Activation('tanh')"],
  [/swish|silu/, "Activation('swish')"],
  [/__operators__\.add|math\.add|\badd/, 'Add()'],
  [/concat/, 'Concatenate()'],
  [/reduce_mean/, 'GlobalAveragePooling2D()'],
  [/reduce_max/, 'GlobalMaxPooling2D()'],
  [/\bpad/, 'ZeroPadding2D()'],
  [/reshape/, 'Reshape()'],
  [/transpose/, 'Permute()'],
  [/getitem|strided_slice|slice/, 'Cropping2D()'],
  [/image\.resize/, 'UpSampling2D()'],
];

export const rawTfOp: Rule<Data> = {
  id: 'raw-tf-op',
  title: 'TFMOT cannot quantize a raw TensorFlow operation',
  category: 'support',
  severity: 'error',
  level: 'layer',
  check: (context) =>
    refusalFindings('raw-tf-op', context, ['raw-op']).map((finding) => {
      const { layer, what } = finding.data;
      return {
        ...finding,
        data: { layer, what, instead: INSTEAD.find(([pattern]) => pattern.test(what))?.[1] ?? null },
      };
    }),
  message({ what, instead }) {
    const use = instead === null ? 'Use a Keras layer' : `Use the layer ${instead}`;
    return `${quoted(what)} is a raw TensorFlow operation: quantize_model refuses it, or fails while it copies the model. ${use} instead.`;
  },
};
