// Every tolerance of the tests, with its reason. Exact comparisons (codes, bytes, shapes) need none.

export const TOLERANCE = {
  /** Float outputs against tf_keras, relative to the largest output: sums in another order, float32. */
  kerasOutput: 1e-4,
  /** Gradients against central differences in float32, relative to the largest gradient. */
  finiteDifference: 2e-2,
  /** Gradients against TensorFlow's, relative to the largest gradient. */
  tensorflowGradient: 1e-4,
  /** Gradients of fake-quantization ranges against TensorFlow's: float32 sums of about 25 terms below 1, in Eigen's order. */
  rangeGradient: 1e-5,
  /** Kernels that sum in another order than the reference, relative to the largest value: float32, up to a few hundred terms. */
  kernelSums: 3e-6,
  /** Metrics of layers against numpy's from LiteRT's tensors, in steps of the grid: float32 sums in another order, and a code where an operand lies on a tie. */
  layerError: 2e-2,
  /**
   * Float32 tensors against LiteRT, relative to the tensor's largest: its libm, Eigen and vectorized sums round otherwise in the last
   * bits. Integer tensors have no tolerance.
   */
  litertFloat: 2e-5,
  /** Share of models whose outputs are those of LiteRT's default runtime: dynamic-range layers are computed by another recipe there. */
  xnnpackModels: 0.985,
  /** Gradients of a whole float step in WebAssembly, relative to the largest: float32 sums against float64. */
  stepGradient: 1e-4,
  /** A float step by TensorFlow against our kernels: gradients, losses and statistics, relative to the largest. */
  backendGradient: 1e-3,
  /** 1 less the cosine between their QAT gradients: a value near a rounding boundary may move by a whole step. */
  backendCosine: 1e-3,
  /** Share of elements of a layer that may be a quantum apart from TFMOT's: float32 sums in another order, near a tie. */
  tfmotLayer: 1e-3,
} as const;
