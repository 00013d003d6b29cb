// The error report of a run: how far each tensor of the integer model is from the float model's. Plain JSON.

/** Measured on dequantized values against float ones; see `metrics.ts` for the definitions. */
export interface ErrorMetrics {
  /** Signal to quantization noise, dB; null where the error is exactly 0. */
  readonly sqnr: number | null;
  /** Root mean square error in units of the tensor's scale; rounding alone gives 1/√12 ≈ 0.289. */
  readonly rmseOverScale: number;
  readonly cosine: number;
  /** Mean error, real units. */
  readonly bias: number;
  /** Largest absolute error, real units. */
  readonly maxError: number;
}

export interface LayerError {
  /** Name of the op in the graph. */
  readonly name: string;
  /** TFLite operator. */
  readonly op: string;
  /** Keras layers that the op computes, by path. */
  readonly layers: readonly string[];
  /** The op alone, fed float inputs. */
  readonly local: ErrorMetrics;
  /** The whole integer model against the whole float model, at this op's output. */
  readonly accumulated: ErrorMetrics;
  /** Share of output codes at an end of the range, 0..1. */
  readonly saturated: number;
  /** Share of the codes between the smallest and the largest seen, 0..1. */
  readonly rangeUsed: number;
  readonly scale: number;
  readonly zeroPoint: number;
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
}
