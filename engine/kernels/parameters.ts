// The kernels by name and the fields of their parameter blocks: one table for the planner, the plain reference kernels
// and, through a generated file of offsets, the AssemblyScript ones.
//
// A kernel call is a name and numbers: byte addresses in one linear memory, sizes, options. Everything else is in the
// memory. A field takes 4 bytes of the call's parameter block, an int32 or (FLOAT_FIELDS) a float32. An address of 0
// means absent. Tensors are float32, NHWC. Kernels run over the images of the batch, whose number is in the control
// block, so that a partial batch runs the same program.

/** Where the convolution window lies over its input; `padTop`/`padLeft` may be negative (the window starts inside). */
const WINDOW = [
  'inH', 'inW', 'inC', 'outH', 'outW', 'outC', 'kernelH', 'kernelW', 'strideH', 'strideW',
  'dilationH', 'dilationW', 'padTop', 'padLeft',
] as const; // biome-ignore format: a grid of names

/** The output's sizes, and strides of both operands, in elements: from image to image, and along each size. */
const BROADCAST = ['d0', 'd1', 'd2', 'd3', 'aImage', 'a0', 'a1', 'a2', 'a3', 'bImage', 'b0', 'b1', 'b2', 'b3'] as const;

/** Every kernel with its fields. Adding a kernel starts here; the compiler asks for its reference. */
export const KERNEL_PARAMETERS = {
  // Weights, laid out [taps · input channels][output channels] in memory, whatever the op.
  /** gamma/beta/bias may be absent. multiplier = γ/σ, rsigma = 1/σ, folded = β + (bias − mean)·multiplier. */
  foldBatchNorm: ['gamma', 'beta', 'mean', 'variance', 'bias', 'multiplier', 'rsigma', 'folded', 'channels', 'epsilon'],
  /** out = fake-quantize(w · multiplier); `scales` one a channel. bits 0: no quantization. wide: 64-bit accumulators. */
  prepareWeights: [
    'weights', 'multiplier', 'bias', 'inputRange', 'out', 'scales', 'rows', 'channels', 'bits', 'narrow', 'symmetric', 'perTensor', 'wide',
  ],
  /** out = bias rounded to the int32 grid of scale input · weight. */
  quantizeBias: ['bias', 'scales', 'inputRange', 'out', 'channels'],
  /** Panels of `panel` output channels, [⌈C / panel⌉][rows][panel], zero filled: the layout convolutions read. */
  packForward: ['weights', 'panels', 'rows', 'channels', 'panel'],
  /** The taps (rowStart + i·step, columnStart + j·step) in reverse, transposed: rows are [tap][output channel]. */
  packBackward: [
    'weights', 'panels', 'kernelH', 'kernelW', 'inC', 'outC', 'tapsH', 'tapsW', 'rowStart', 'columnStart', 'stepH', 'stepW', 'panel',
  ],
  /** Gradients of the unfolded weights from those of the folded ones; each address may be 0. */
  foldGradient: [
    'foldedGradient', 'weights', 'multiplier', 'rsigma', 'mean', 'bias', 'biasGradient',
    'weightGradient', 'gammaGradient', 'betaGradient', 'layerBiasGradient', 'rows', 'channels',
  ],
  // Convolutions and dense (a 1×1 convolution of 1×1 images: `pointwise`, whose pixels of all images are one run).
  /** out[image·outImage + y·outRow + x·outPixel + c], in elements. Adds to `out` if `accumulate`. */
  conv2d: ['x', 'panels', 'out', ...WINDOW, 'panel', 'outImage', 'outRow', 'outPixel', 'pointwise', 'accumulate', 'scratch', 'scratchStride'],
  /** partials[parts][rows][channels]: images are split into `parts` fixed runs. pointwise: one part. */
  convFilterGradient: ['x', 'dy', 'partials', ...WINDOW, 'pointwise', 'parts', 'scratch', 'scratchStride'],
  /** Depthwise: as many output channels as input channels; `repeatChannels` comes first where there are more. */
  depthwise: ['x', 'weights', 'out', ...WINDOW, 'scratch', 'scratchStride'],
  depthwiseInputGradient: ['dy', 'weights', 'out', ...WINDOW, 'accumulate', 'scratch', 'scratchStride'],
  depthwiseFilterGradient: ['x', 'dy', 'partials', ...WINDOW, 'parts', 'scratch', 'scratchStride'],
  /** out[pixel][c·times + i] = x[pixel][c]; and its gradient, which sums. */
  repeatChannels: ['x', 'out', 'pixels', 'channels', 'times'],
  sumChannels: ['dy', 'out', 'pixels', 'channels', 'times', 'accumulate'],
  /** out[i] = Σ partials[part][i]. */
  sumPartials: ['partials', 'out', 'parts', 'count'],
  // Batch normalization, bias, activation and fake-quantization, by channel of the last axis.
  /** sums[image][2][channels]: Σ(u − shift) and Σ(u − shift)²; `shift` is near the mean, against cancellation. */
  channelSums: ['u', 'shift', 'bias', 'sums', 'pixels', 'channels'],
  /** Batch statistics: scale = γ/σ, offset = β − γ·mean/σ, rsigma, mean of u; moves the running statistics. */
  batchNormStatistics: [
    'sums', 'gamma', 'beta', 'bias', 'movingMean', 'movingVariance', 'scale', 'offset', 'rsigma', 'mean', 'pixels', 'channels', 'epsilon', 'momentum',
  ],
  /** y = fakeQuantize(activation(u·scale + offset + addend)); notes the range before fake-quantization. */
  affine: ['u', 'scale', 'offset', 'addend', 'out', 'pixels', 'channels', 'activation', 'range', 'observed'],
  /** g = dy where the value was not clamped. sums[image][2][channels]: Σg, Σg·(u − mean)·rsigma. */
  affineGradientSums: ['dy', 'u', 'scale', 'offset', 'addend', 'mean', 'rsigma', 'sums', 'pixels', 'channels', 'activation', 'range'],
  /** out = g·k1 + u·k2 + k3 by channel (`coefficients` [3][channels]), or g. Mode of an output: 0 write, 1 add. `sums`: Σg. */
  affineGradient: [
    'dy', 'u', 'scale', 'offset', 'addend', 'coefficients', 'out', 'mode', 'out2', 'mode2', 'sums', 'pixels', 'channels', 'activation', 'range',
  ],
  /** γ and β gradients, and the coefficients of the input gradient through the batch statistics. */
  batchNormGradient: ['sums', 'scale', 'mean', 'rsigma', 'gammaGradient', 'betaGradient', 'coefficients', 'pixels', 'channels'],
  /** out[c] = Σ over images of sums[image][0][c]. */
  sumImages: ['sums', 'out', 'channels'],
  // Element by element.
  fakeQuantize: ['x', 'out', 'count', 'range', 'observed'],
  fakeQuantizeGradient: ['dy', 'x', 'out', 'count', 'range', 'accumulate'],
  unary: ['x', 'out', 'count', 'operation', 'alpha'],
  unaryGradient: ['dy', 'x', 'out', 'count', 'operation', 'accumulate', 'alpha'],
  /** The output of an image is [d0, d1, d2, d3]; operands have a stride for each, 0 where they are broadcast. */
  binary: ['a', 'b', 'out', ...BROADCAST, 'operation'],
  /** Gradients of operands that each image has; `aSize` and `bSize` values an image. */
  binaryGradient: ['dy', 'a', 'b', 'da', 'db', ...BROADCAST, 'aSize', 'bSize', 'operation', 'accumulateA', 'accumulateB'],
  dropout: ['x', 'out', 'count', 'stream', 'accumulate', 'rate'],
  add: ['x', 'out', 'count'],
  clear: ['out', 'count'],
  // Windows and axes. `grid`: rounds the mean of the codes as the integer op does, on the grid of that range.
  maxPool: ['x', 'out', ...WINDOW],
  maxPoolGradient: ['x', 'y', 'dy', 'out', ...WINDOW, 'accumulate'],
  averagePool: ['x', 'out', ...WINDOW, 'grid'],
  averagePoolGradient: ['dy', 'out', ...WINDOW, 'accumulate'],
  /** x [outer][reduced][inner] of each image. operation 0 mean, 1 sum, 2 maximum. */
  reduce: ['x', 'out', 'outer', 'reduced', 'inner', 'operation'],
  reduceGradient: ['x', 'y', 'dy', 'out', 'outer', 'reduced', 'inner', 'operation', 'accumulate'],
  softmax: ['x', 'out', 'rows', 'classes', 'sharpness'],
  softmaxGradient: ['dy', 'y', 'out', 'rows', 'classes', 'accumulate', 'sharpness'],
  // Moving elements: `outer` runs of `inner` elements an image.
  copySlice: ['x', 'out', 'outer', 'inner', 'xStride', 'outStride', 'xImage', 'outImage', 'accumulate'],
  pad: ['x', 'out', 'inH', 'inW', 'outH', 'outW', 'padTop', 'padLeft', 'channels', 'accumulate'],
  /** Four neighbours by tables of [low, high, how far past low] for each output row and column: resizing. */
  interpolate: ['x', 'out', 'inH', 'inW', 'outH', 'outW', 'channels', 'rows', 'columns'],
  interpolateGradient: ['dy', 'out', 'inH', 'inW', 'outH', 'outW', 'channels', 'rows', 'columns', 'accumulate'],
  /** out[i] = x[map[i]] of each image, `map` in floats; the gradient adds to where values came from. */
  gather: ['x', 'out', 'map', 'count', 'xCount'],
  gatherGradient: ['dy', 'out', 'map', 'count', 'xCount', 'accumulate'],
  // Loss, ranges, updates.
  /** Gradient of the mean over the batch; losses and 1 where the first largest is the label, one a sample. */
  softmaxCrossEntropy: ['logits', 'labels', 'dlogits', 'losses', 'hits', 'classes', 'classWeights', 'smoothing'],
  meanSquaredError: ['y', 'targets', 'dy', 'losses', 'count'],
  meanAbsoluteError: ['y', 'targets', 'dy', 'losses', 'count'],
  /** Binary cross-entropy of logits, the mean over `count` outputs; `classWeights` of 0 and 1. A hit is a right answer everywhere. */
  sigmoidCrossEntropy: ['logits', 'targets', 'dlogits', 'losses', 'hits', 'count', 'classWeights', 'smoothing'],
  /** After a cross-entropy: mixes in `share` of the one against the teacher's probabilities, both at `temperature`. */
  distill: ['logits', 'teacher', 'dlogits', 'losses', 'classes', 'share', 'temperature'],
  /** ranges[count] from observed[threads][count][2]; nothing moves unless `moving`. */
  updateRanges: ['ranges', 'observed', 'count', 'moving'],
  // Learned quantizers; see `reference/learned.ts`. steps[channels] is ln of the scale.
  stepSizeWeights: ['weights', 'multiplier', 'steps', 'out', 'scales', 'rows', 'channels', 'bits', 'narrow'],
  stepSizeGradient: [
    'gradient', 'weights', 'multiplier', 'steps', 'stepGradient', 'rows', 'channels', 'bits', 'narrow', 'learn',
  ],
  /** sums[image][4]: of the gradients inside the grid with their rounding, below it, above it. */
  rangeSums: ['dy', 'u', 'scale', 'offset', 'addend', 'sums', 'pixels', 'channels', 'activation', 'range'],
  /** Adds to out[0], of ln scale, and out[1], of the zero point; `count` values an image. method: LEARNED. */
  rangeGradient: ['sums', 'range', 'out', 'count', 'method'],
  learnedRanges: ['values', 'range'],
  clearGradients: ['out', 'count'],
  dampWeights: ['gradient', 'weights', 'multiplier', 'out', 'scales', 'rows', 'channels', 'strength'],
  adam: ['weights', 'gradients', 'first', 'second', 'count', 'beta1', 'beta2', 'epsilon', 'decay'],
  sgd: ['weights', 'gradients', 'velocity', 'count', 'nesterov', 'momentum', 'decay'],
} as const; // biome-ignore format: fields in lines

export type KernelName = keyof typeof KERNEL_PARAMETERS;
export type Field<K extends KernelName> = (typeof KERNEL_PARAMETERS)[K][number];
export type Parameters<K extends KernelName> = { readonly [F in Field<K>]: number };

/** Fields that are float32; all others are int32. */
export const FLOAT_FIELDS: ReadonlySet<string> = new Set([
  'epsilon', 'momentum', 'alpha', 'sharpness', 'beta1', 'beta2', 'decay', 'rate', 'smoothing', 'strength', 'share', 'temperature',
]); // biome-ignore format: a list of names
