// The error report of a run: how far each tensor of the integer model is from the float model's. Plain JSON.

/** Measured on dequantized values against float ones, over all elements of all images; see `metrics.ts`. */
export interface ErrorMetrics {
  /** Signal to quantization noise, dB; null where the error is exactly 0. */
  readonly sqnr: number | null;
  /** Root mean square error in units of the tensor's scale; rounding alone gives 1/√12 ≈ 0.289. */
  readonly rmseOverScale: number;
  readonly cosine: number;
  /** Mean error (integer less float), real units. */
  readonly bias: number;
  /** Largest absolute error, real units. */
  readonly maxError: number;
}

/**
 * What one layer does to the model's score: the share of right answers, 0..1, or less the mean square error where targets
 * are real numbers.
 */
export interface LayerEffect {
  /** Score regained if this layer alone is float in the quantized model. */
  readonly restored: number;
  /** Score lost if this layer alone is quantized in the float model. */
  readonly alone: number;
  /** SQNR of the model's output in the two cases, dB: tells apart what a few images cannot. Null where it is exact. */
  readonly restoredSqnr: number | null;
  readonly aloneSqnr: number | null;
}

/** Effects by op name, on the images so far. */
export interface Sensitivity {
  readonly images: number;
  readonly total: number;
  /** Scores of the float and the fake-quantized model. */
  readonly float: number;
  readonly quantized: number;
  readonly effects: { readonly [op: string]: LayerEffect };
}

export interface LayerError {
  /** Name of the op in the graph. */
  readonly name: string;
  /** TFLite operator. */
  readonly op: string;
  /** Name of the tensor that it makes, in the `.tflite`. */
  readonly output?: string;
  /** Keras layers that the op computes, by path. */
  readonly layers: readonly string[];
  /** The op alone, fed the float model's inputs as codes, against the float op fed the same: what this layer adds. */
  readonly local: ErrorMetrics;
  /** The whole integer model against the whole float model, at this op's output. */
  readonly accumulated: ErrorMetrics;
  /** Share of output codes at an end of the grid, 0..1. An end that is exactly 0, as after a ReLU, does not count. */
  readonly saturated: number;
  /** Share of the codes between the smallest and the largest seen, 0..1. */
  readonly rangeUsed: number;
  readonly scale: number;
  readonly zeroPoint: number;
  /** Bits that the accumulator needs at most, sign included, whatever the input; of ops with weights. */
  readonly accumulatorBits?: number;
  /** Share of the float values that are NaN or infinite; they are left out of the metrics. */
  readonly notFinite?: number;
  readonly effect?: LayerEffect;
  /** Place of the first layer's call in the source, where it is known. */
  readonly source?: { readonly file: string; readonly line: number };
}

export interface ErrorReport {
  readonly version: 1;
  readonly model: string;
  /** Kernel set that computed the integer tensors. */
  readonly kernels: string;
  readonly images: number;
  readonly layers: readonly LayerError[];
  /** What the layers' effects were measured on, where they were. */
  readonly sensitivity?: Omit<Sensitivity, 'effects'>;
}
