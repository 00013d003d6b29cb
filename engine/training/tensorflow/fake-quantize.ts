// TensorFlow's own fake-quantization ops with their gradients, and rounding whose gradient passes straight through.

import type { Attribute, NativeBackend, Tensor, TensorFlow } from './tensorflow.ts';
import { withGradient } from './with-gradient.ts';

export interface FakeQuantization {
  /** One number, or one for each channel of the last axis, in float32, before TensorFlow moves them to the grid. */
  readonly low: Float32Array;
  readonly high: Float32Array;
  readonly bits: number;
  readonly narrow: boolean;
}

function attributes({ binding }: NativeBackend, { bits, narrow }: FakeQuantization): Attribute[] {
  return [
    { name: 'num_bits', type: binding.TF_ATTR_INT, value: bits },
    { name: 'narrow_range', type: binding.TF_ATTR_BOOL, value: narrow },
  ];
}

/** `FakeQuantWithMinMaxVars`, or `…PerChannel` over the last axis where there are several ranges. */
export function fakeQuantize(tf: TensorFlow, x: Tensor, quantization: FakeQuantization): Tensor {
  const { low, high } = quantization;
  const native = tf.backend();
  const isPerChannel = low.length > 1 || x.shape.at(-1) === 1;
  const op = isPerChannel ? 'FakeQuantWithMinMaxVarsPerChannel' : 'FakeQuantWithMinMaxVars';
  const ends = [low, high].map((end) => tf.tensor(end, isPerChannel ? [x.shape.at(-1)!] : []));
  const options = attributes(native, quantization);
  return withGradient(
    tf,
    [x],
    ([input]) => ({
      value: native.executeSingleOutput(op, options, [input, ...ends]),
      saved: [input, ...ends],
    }),
    (dy, saved) => native.executeMultipleOutputs(`${op}Gradient`, options, [dy, ...saved], 3).slice(0, 1),
  );
}

/** `rounded(x)`, whose gradient is that of `x`. */
export function straightThrough(tf: TensorFlow, x: Tensor, rounded: (x: Tensor) => Tensor): Tensor {
  return withGradient(
    tf,
    [x],
    ([input]) => ({ value: rounded(input), saved: [] }),
    (dy) => [dy],
  );
}

/** Half away from zero. */
export function roundHalfAway(tf: TensorFlow, x: Tensor): Tensor {
  return tf.mul(tf.sign(x), tf.floor(tf.add(tf.abs(x), tf.scalar(0.5))));
}
