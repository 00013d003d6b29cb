// A value with a gradient of its own in TensorFlow.js, which keeps for the way back only what it is told to save.

import type { Tensor, TensorFlow } from './tensorflow.ts';

export interface Forward {
  readonly value: Tensor;
  /** What `backward` gets. */
  readonly saved: readonly Tensor[];
}

/** `backward` gives one gradient an input. */
export function withGradient(
  tf: TensorFlow,
  inputs: readonly Tensor[],
  forward: (inputs: readonly Tensor[]) => Forward,
  backward: (dy: Tensor, saved: readonly Tensor[]) => Tensor[],
): Tensor {
  const f = tf.customGrad((...given) => {
    // TensorFlow.js passes the inputs, then the function that saves.
    const save = given.at(-1) as (tensors: readonly Tensor[]) => void;
    const { value, saved } = forward(given.slice(0, -1) as Tensor[]);
    save(saved);
    return { value, gradFunc: backward };
  });
  return f(...inputs);
}
