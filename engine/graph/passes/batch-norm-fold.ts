// The arithmetic of folding a batch normalization: one function for training and for export, so that the weights that
// are trained are to the bit those that are exported. Inner steps are float64, each result is rounded to float32 once.
// (`engine/kernels` repeats it over linear memory and is tested against this.)

/** Vectors by output channel, as the layer has them; `null` where it has none. */
export interface BatchNormVectors {
  readonly gamma: ArrayLike<number> | null;
  readonly beta: ArrayLike<number> | null;
  readonly mean: ArrayLike<number>;
  readonly variance: ArrayLike<number>;
  readonly epsilon: number;
  /** Bias of the convolution itself. */
  readonly bias: ArrayLike<number> | null;
}

export interface BatchNormFold {
  /** γ/σ with σ = √(variance + ε): a folded weight is fround(w · multiplier). */
  readonly multiplier: Float32Array;
  /** β + (bias − mean)·γ/σ. */
  readonly bias: Float32Array;
}

export function batchNormFold({ gamma, beta, mean, variance, epsilon, bias }: BatchNormVectors): BatchNormFold {
  const multiplier = new Float32Array(mean.length);
  const folded = new Float32Array(mean.length);
  for (let c = 0; c < mean.length; c++) {
    const exact = (gamma === null ? 1 : gamma[c]) / Math.sqrt(variance[c] + epsilon);
    multiplier[c] = exact;
    folded[c] = (beta === null ? 0 : beta[c]) + ((bias === null ? 0 : bias[c]) - mean[c]) * exact;
  }
  return { multiplier, bias: folded };
}
