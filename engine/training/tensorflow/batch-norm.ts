// TensorFlow's fused batch norm in training, with its gradient.

import type { Attribute, NativeBackend, Tensor, TensorFlow } from './tensorflow.ts';
import { withGradient } from './with-gradient.ts';

export interface BatchNormalized {
  readonly y: Tensor;
  /** Of the batch, by channel; the variance is the unbiased one, which running statistics move to. */
  readonly mean: Float32Array;
  readonly variance: Float32Array;
}

function attributes({ binding }: NativeBackend, epsilon: number): Attribute[] {
  return [
    { name: 'T', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT },
    { name: 'U', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT },
    { name: 'epsilon', type: binding.TF_ATTR_FLOAT, value: epsilon },
    { name: 'data_format', type: binding.TF_ATTR_STRING, value: 'NHWC' },
    { name: 'is_training', type: binding.TF_ATTR_BOOL, value: true },
  ];
}

/** `x` is [n, h, w, channels]. */
export function fusedBatchNorm(
  tf: TensorFlow,
  x: Tensor,
  gamma: Tensor,
  beta: Tensor,
  epsilon: number,
): BatchNormalized {
  const native = tf.backend();
  const options = attributes(native, epsilon);
  const average = { name: 'exponential_avg_factor', type: native.binding.TF_ATTR_FLOAT, value: 1 };
  let statistics: Omit<BatchNormalized, 'y'> | undefined;
  const forward = ([input, scale, offset]: readonly Tensor[]) => {
    const none = tf.tensor(new Float32Array(0), [0]);
    const inputs = [input, scale, offset, none, none];
    const [value, mean, variance, ...reserves] = native.executeMultipleOutputs(
      'FusedBatchNormV3',
      [...options, average],
      inputs,
      6,
    );
    statistics = { mean: mean.dataSync(), variance: variance.dataSync() };
    return { value, saved: [input, scale, ...reserves] };
  };
  const y = withGradient(tf, [x, gamma, beta], forward, (dy, saved) =>
    native.executeMultipleOutputs('FusedBatchNormGradV3', options, [dy, ...saved], 5).slice(0, 3),
  );
  return { y, ...statistics! };
}
