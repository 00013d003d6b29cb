// Every tolerance of the tests, with its reason. Exact comparisons (codes, bytes, shapes) need none.

export const TOLERANCE = {
  /** Float outputs against tf_keras, relative to the largest output: sums in another order, float32. */
  kerasOutput: 1e-4,
  /** Gradients against central differences in float32, relative to the largest gradient. */
  finiteDifference: 2e-2,
  /** Gradients against TensorFlow's, relative to the largest gradient. */
  tensorflowGradient: 1e-4,
} as const;
