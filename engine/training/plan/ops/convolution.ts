// CONV_2D, DEPTHWISE_CONV_2D, TRANSPOSE_CONV and FULLY_CONNECTED in a training program: weights prepared, convolution, batch norm or bias,
// activation, fake-quantization; and back.
//
// While batch statistics are used, the convolution runs with fake-quantized weights that γ and σ are not folded into.
// Per-channel symmetric fake-quantization commutes with a factor a channel, FQ(w·γ/σ) = FQ(w)·γ/σ, so
// FQ(w)·x·γ/σ_batch is what "fake-quantize w·γ/σ_running, correct the output by σ_running/σ_batch" computes, with no
// division by γ or σ_running; the statistics are those of the quantized convolution. Per-tensor weights do not commute:
// there the scale is that of the unfolded weights until batch norms freeze.

import { type Argument, at, type Place } from '../buffers.ts';
import type { GradientTarget, Planner } from '../planner.ts';
import { weightPlace } from '../store.ts';
import { inputGradientPhases, isPointwise, pointwiseWindow, type Window, windowOf } from '../window.ts';
import { type Finished, finish, imageSums, throughOwn, unfinish } from './finish.ts';
import {
  biasOf,
  dataInput,
  type PreparedWeights,
  planWeightGradient,
  prepareWeights,
  usesBatchStatistics,
  type Weighted,
} from './weights.ts';

interface Memo {
  readonly window: Window;
  /** What the kernel read. */
  readonly x: Place;
  readonly prepared: PreparedWeights;
  readonly finished: Finished;
  /** Of the batch, by channel, where batch statistics are used. */
  readonly statistics: Statistics | null;
}

interface Statistics {
  readonly scale: Place;
  readonly offset: Place;
  readonly rsigma: Place;
  readonly mean: Place;
}

/** Parts that a filter gradient is summed in, whoever computes them: as many as threads can share evenly. */
const PARTS = 8;

export function opWindow(c: Planner, op: Weighted): Window {
  const [x, y] = [c.graph.tensors[op.inputs[dataInput(op)]!].shape, c.graph.tensors[op.outputs[0]].shape];
  const weights = c.graph.tensors[op.inputs[1]!].shape as readonly number[];
  if (op.kind === 'FULLY_CONNECTED') {
    return pointwiseWindow(c.size(op.inputs[0]!) / weights[1], weights[1], weights[0]);
  }
  const kernel = [weights[1], weights[2]] as const;
  const isTransposed = op.kind === 'TRANSPOSE_CONV';
  const window = isTransposed ? swapped(windowOf(y, x, kernel, op.options)) : windowOf(x, y, kernel, op.options);
  return op.kind !== 'DEPTHWISE_CONV_2D' && isPointwise(window)
    ? pointwiseWindow(window.inH * window.inW, window.inC, window.outC)
    : window;
}

export function forwardWeighted(c: Planner, op: Weighted): void {
  const window = opWindow(c, op);
  const taps = window.kernelH * window.kernelW;
  const rows = op.kind === 'DEPTHWISE_CONV_2D' ? taps : taps * window.inC;
  const prepared = prepareWeights(c, op, window.outC, rows);
  const u = c.buffer(`${op.name} raw`, c.batch * window.outH * window.outW * window.outC);
  const x = KERNELS[op.kind].forward(c, op, window, prepared, u);
  const statistics = usesBatchStatistics(op, c.mode, c.store) ? planStatistics(c, op, window, u) : null;
  const finished = finish(c, op, u, {
    channels: window.outC,
    scale: statistics?.scale ?? 0,
    offset: statistics?.offset ?? prepared.bias,
  });
  c.memo.set(op, { window, x, prepared, finished, statistics } satisfies Memo);
}

function forwardConvolution(c: Planner, op: Weighted, w: Window, prepared: PreparedWeights, u: Place): Place {
  const x = c.operand(op, 0);
  convolve(c, op, w, prepared.weights, x, { to: u, accumulate: 0 });
  return x;
}

function convolve(c: Planner, op: Weighted, w: Window, weights: Argument, x: Place, to: GradientTarget): void {
  const panel = c.panel(w.outC);
  const rows = w.kernelH * w.kernelW * w.inC;
  const panels = c.buffer(`${op.name} panels`, Math.ceil(w.outC / panel) * panel * rows);
  c.emit(op, 'packForward', { weights, panels, rows, channels: w.outC, panel });
  c.emit(op, 'conv2d', {
    x,
    panels,
    out: to.to,
    ...w,
    panel,
    outImage: w.outH * w.outW * w.outC,
    outRow: w.outW * w.outC,
    outPixel: w.outC,
    pointwise: Number(isPointwise(w)),
    accumulate: to.accumulate,
    ...c.reserve(convolutionScratch(w)),
  });
}

/** The input as depthwise kernels read it: each channel as often as there are outputs of it. */
function repeated(c: Planner, op: Weighted, w: Window): Place {
  const x = c.operand(op, 0);
  const times = w.outC / w.inC;
  if (times === 1) return x;
  const pixels = w.inH * w.inW;
  const out = c.buffer(`${op.name} repeated`, c.batch * pixels * w.outC);
  c.emit(op, 'repeatChannels', { x, out, pixels, channels: w.inC, times });
  return out;
}

/** A window whose input has the output's channels. */
const square = (w: Window): Window => ({ ...w, inC: w.outC });

function forwardDepthwise(c: Planner, op: Weighted, w: Window, prepared: PreparedWeights, u: Place): Place {
  const x = repeated(c, op, w);
  const own = square(w);
  const scratch = c.reserve(paddedFloats(own));
  c.emit(op, 'depthwise', { x, weights: prepared.weights, out: u, ...own, ...scratch });
  return x;
}

function depthwiseInputGradient(
  c: Planner,
  op: Weighted,
  { window: w, prepared }: Memo,
  dy: Place,
  input: GradientTarget,
): void {
  const times = w.outC / w.inC;
  const own = square(w);
  const pixels = w.inH * w.inW;
  const to =
    times === 1 ? input : { to: c.buffer(`${op.name} repeated gradient`, c.batch * pixels * w.outC), accumulate: 0 };
  const floats = pixels * own.inC + paddedFloats(own) + (w.outH + w.kernelH) * (w.outW + w.kernelW) * w.outC;
  c.emit(op, 'depthwiseInputGradient', {
    dy,
    weights: prepared.weights,
    out: to.to,
    ...own,
    accumulate: to.accumulate,
    ...c.reserve(floats),
  });
  if (times === 1) return;
  const sizes = { pixels, channels: w.inC, times };
  c.emit(op, 'sumChannels', { dy: to.to, out: input.to, ...sizes, accumulate: input.accumulate });
}

/** An image with the padding that the window asks for, and room for vector loads beyond its end. */
export function paddedFloats(w: Window): number {
  const height = (w.outH - 1) * w.strideH + (w.kernelH - 1) * w.dilationH + 1;
  const width = (w.outW - 1) * w.strideW + (w.kernelW - 1) * w.dilationW + 1;
  return height * width * w.inC + 192;
}

/** Pixels of a tile and of a block of a pointwise convolution at most, as the WebAssembly kernels have them. */
const MOST_ROWS = 8;
const MOST_BLOCK = 256 * MOST_ROWS;
/** Results of panels wider than the output. */
const SPILL_FLOATS = 128;

/** The padded image, two tables of where pixels are read and written, and the spilled results. */
export function convolutionScratch(w: Window): number {
  const pixels = (isPointwise(w) ? MOST_BLOCK : w.outH * w.outW) + MOST_ROWS;
  return SPILL_FLOATS + 2 * pixels + paddedFloats(w);
}

function planStatistics(c: Planner, op: Weighted, w: Window, u: Place): Statistics {
  const { store } = c;
  const { gamma, beta, mean, variance, epsilon, momentum } = op.batchNorm!;
  const vector = (name: string): Place => c.buffer(`${op.name} ${name}`, w.outC);
  const statistics = {
    scale: vector('scale'),
    offset: vector('offset'),
    rsigma: vector('rsigma'),
    mean: vector('mean'),
  };
  const sums = imageSums(c, op, w.outC);
  const bias = weightPlace(store, store.values, biasOf(op));
  const common = { sums, bias, pixels: w.outH * w.outW, channels: w.outC };
  const movingMean = at(store.statistics.get(mean)!);
  c.emit(op, 'channelSums', { u, shift: movingMean, ...common });
  c.emit(op, 'batchNormStatistics', {
    ...common,
    ...statistics,
    gamma: weightPlace(store, store.values, gamma),
    beta: weightPlace(store, store.values, beta),
    movingMean,
    movingVariance: at(store.statistics.get(variance)!),
    epsilon,
    momentum,
  });
  return statistics;
}

export function backwardWeighted(c: Planner, op: Weighted): void {
  const memo = c.memo.get(op) as Memo;
  const [out] = op.outputs;
  if (c.gradient(out) === null) return;
  const target = planWeightGradient(c, op, memo.prepared);
  const du = memo.statistics ? throughStatistics(c, op, memo, memo.statistics) : throughBias(c, op, memo, target.bias);
  if (du === null) return;
  filterGradient(c, op, memo, du, target.weights);
  target.done();
  const input = c.gradientTarget(op.inputs[dataInput(op)]!);
  if (input === null) return;
  KERNELS[op.kind].inputGradient(c, op, memo, du, input);
}

/** A transposed convolution is the input's gradient of a convolution from its output to its input: that one's window. */
const swapped = (w: Window): Window => ({
  ...w,
  inH: w.outH,
  inW: w.outW,
  inC: w.outC,
  outH: w.inH,
  outW: w.inW,
  outC: w.inC,
});

/** Weights [taps][from][to] of one of the two as [taps][to][from] of the other. */
function transposeTaps(c: Planner, op: Weighted, weights: Argument, w: Window, to: Place): void {
  const { kernelH, kernelW, inC, outC } = w;
  const taps = { kernelH, kernelW, inC, outC, tapsH: kernelH, tapsW: kernelW };
  // Taps in their order: the last first, in steps of −1.
  const order = { rowStart: kernelH - 1, columnStart: kernelW - 1, stepH: -1, stepW: -1 };
  c.emit(op, 'packBackward', { weights, panels: to, ...taps, ...order, panel: inC });
}

function forwardTransposed(c: Planner, op: Weighted, w: Window, prepared: PreparedWeights, u: Place): Place {
  const x = c.operand(op, dataInput(op));
  const weights = c.buffer(`${op.name} transposed weights`, prepared.rows * prepared.channels);
  transposeTaps(c, op, prepared.weights, w, weights);
  convolutionInputGradient(c, op, swapped(w), weights, x, { to: u, accumulate: 0 });
  return x;
}

function transposedInputGradient(
  c: Planner,
  op: Weighted,
  { window, prepared }: Memo,
  du: Place,
  input: GradientTarget,
) {
  const weights = c.buffer(`${op.name} transposed weights`, prepared.rows * prepared.channels);
  transposeTaps(c, op, prepared.weights, window, weights);
  convolve(c, op, swapped(window), weights, du, input);
}

interface WeightedKernels {
  /** Gives what the kernel read. */
  forward(c: Planner, op: Weighted, w: Window, prepared: PreparedWeights, u: Place): Place;
  inputGradient(c: Planner, op: Weighted, memo: Memo, du: Place, input: GradientTarget): void;
}

function throughBias(c: Planner, op: Weighted, memo: Memo, bias: Place | 0): Place | null {
  const [out] = op.outputs;
  if (bias === 0) return unfinish(c, op, out, memo.finished);
  const sums = imageSums(c, op, memo.window.outC);
  const du = unfinish(c, op, out, memo.finished, { sums });
  c.emit(op, 'sumImages', { sums, out: bias, channels: memo.window.outC });
  return du;
}

function throughStatistics(c: Planner, op: Weighted, memo: Memo, statistics: Statistics): Place | null {
  const { finished, window: w } = memo;
  const { store } = c;
  const [out] = op.outputs;
  const sums = imageSums(c, op, w.outC);
  const coefficients = c.buffer(`${op.name} coefficients`, 3 * w.outC);
  const sizes = { pixels: w.outH * w.outW, channels: w.outC };
  const { mean, rsigma, scale } = statistics;
  const range = throughOwn(c, op, out, finished);
  c.emit(op, 'affineGradientSums', {
    dy: c.gradient(out)!,
    // With batch statistics there is always a scale, so the raw values are there.
    u: finished.raw!,
    scale,
    offset: statistics.offset,
    addend: 0,
    mean,
    rsigma,
    sums,
    ...sizes,
    activation: finished.activation,
    range,
  });
  c.emit(op, 'batchNormGradient', {
    sums,
    scale,
    mean,
    rsigma,
    gammaGradient: weightPlace(store, store.gradients, op.batchNorm?.gamma),
    betaGradient: weightPlace(store, store.gradients, op.batchNorm?.beta),
    coefficients,
    ...sizes,
  });
  return unfinish(c, op, out, finished, { coefficients });
}

function filterGradient(c: Planner, op: Weighted, { window, x, prepared }: Memo, du: Place, to: Place | 0): void {
  if (to === 0) return;
  const size = prepared.rows * prepared.channels;
  if (op.kind === 'TRANSPOSE_CONV') {
    const w = swapped(window);
    const own = c.buffer(`${op.name} transposed gradient`, size);
    convolutionFilterGradient(c, op, w, { x: du, dy: x, to: own });
    transposeTaps(c, op, own, w, to);
    return;
  }
  if (op.kind !== 'DEPTHWISE_CONV_2D') {
    convolutionFilterGradient(c, op, window, { x, dy: du, to });
    return;
  }
  const w = square(window);
  const partials = c.buffer(`${op.name} partial gradients`, PARTS * size);
  const scratch = c.reserve(paddedFloats(w) * imagesTogether(w));
  c.emit(op, 'depthwiseFilterGradient', { x, dy: du, partials, ...w, parts: PARTS, ...scratch });
  c.emit(op, 'sumPartials', { partials, out: to, parts: PARTS, count: size });
}

function convolutionFilterGradient(
  c: Planner,
  op: Weighted,
  w: Window,
  { x, dy, to }: { readonly x: Place; readonly dy: Place; readonly to: Place },
): void {
  const pointwise = isPointwise(w);
  const size = w.kernelH * w.kernelW * w.inC * w.outC;
  const partials = pointwise ? to : c.buffer(`${op.name} partial gradients`, PARTS * size);
  const parts = pointwise ? 1 : PARTS;
  const scratch = c.reserve(paddedFloats(w) * imagesTogether(w));
  c.emit(op, 'convFilterGradient', { x, dy, partials, ...w, parts, pointwise: Number(pointwise), ...scratch });
  if (!pointwise) c.emit(op, 'sumPartials', { partials, out: to, parts, count: size });
}

/** Images that a filter gradient pads at once, so that its sums stay in registers for long enough. */
function imagesTogether(w: Window): number {
  return Math.max(1, Math.min(4, Math.floor(256 / (w.outH * w.outW))));
}

function convolutionInputGradient(
  c: Planner,
  op: Weighted,
  w: Window,
  weights: Argument,
  du: Place,
  input: GradientTarget,
): void {
  const phases = inputGradientPhases(w);
  const everyPixel = phases.length === Math.min(w.strideH, w.inH) * Math.min(w.strideW, w.inW);
  if (!everyPixel && !input.accumulate) c.emit(op, 'clear', { out: input.to, count: w.inH * w.inW * w.inC });
  const panel = c.panel(w.inC);
  for (const phase of phases) {
    const rows = phase.tapsH * phase.tapsW * w.outC;
    const panels = c.buffer(`${op.name} gradient panels`, Math.ceil(w.inC / panel) * panel * rows);
    const { tapsH, tapsW, rowStart, columnStart } = phase;
    const { kernelH, kernelW, inC, outC, strideH: stepH, strideW: stepW } = w;
    const taps = { kernelH, kernelW, inC, outC, tapsH, tapsW, rowStart, columnStart, stepH, stepW };
    c.emit(op, 'packBackward', { weights, panels, ...taps, panel });
    c.emit(op, 'conv2d', {
      x: du,
      panels,
      out: { buffer: input.to.buffer, offset: input.to.offset + phase.outOffset * 4 },
      ...phase.window,
      panel,
      outImage: w.inH * w.inW * w.inC,
      outRow: phase.outRow,
      outPixel: phase.outPixel,
      pointwise: Number(isPointwise(w)),
      accumulate: input.accumulate || !everyPixel ? 1 : 0,
      ...c.reserve(convolutionScratch(phase.window)),
    });
  }
}

const CONVOLUTION: WeightedKernels = {
  forward: forwardConvolution,
  inputGradient: (c, op, { window, prepared }, du, input) =>
    convolutionInputGradient(c, op, window, prepared.weights, du, input),
};
const KERNELS: { readonly [K in Weighted['kind']]: WeightedKernels } = {
  CONV_2D: CONVOLUTION,
  FULLY_CONNECTED: CONVOLUTION,
  DEPTHWISE_CONV_2D: { forward: forwardDepthwise, inputGradient: depthwiseInputGradient },
  TRANSPOSE_CONV: { forward: forwardTransposed, inputGradient: transposedInputGradient },
};
