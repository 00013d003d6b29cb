// The geometry of a window op as kernels take it.

import type { Padding } from '../../graph/op.ts';
import { samePadding } from '../../graph/shape-arithmetic.ts';
import type { Shape } from '../../graph/tensor.ts';

export interface Window {
  readonly inH: number;
  readonly inW: number;
  readonly inC: number;
  readonly outH: number;
  readonly outW: number;
  readonly outC: number;
  readonly kernelH: number;
  readonly kernelW: number;
  readonly strideH: number;
  readonly strideW: number;
  readonly dilationH: number;
  readonly dilationW: number;
  readonly padTop: number;
  readonly padLeft: number;
}

interface WindowOptions {
  readonly strideH: number;
  readonly strideW: number;
  readonly dilationH?: number;
  readonly dilationW?: number;
  readonly padding: Padding;
}

/** Shapes are NHWC. */
export function windowOf(x: Shape, y: Shape, kernel: readonly [number, number], options: WindowOptions): Window {
  const { strideH, strideW, dilationH = 1, dilationW = 1 } = options;
  const [inH, inW, inC] = [x[1]!, x[2]!, x[3]!];
  const before = (size: number, taps: number, stride: number, dilation: number): number =>
    options.padding === 'SAME' ? samePadding(size, taps, stride, dilation).before : 0;
  return {
    inH,
    inW,
    inC,
    outH: y[1]!,
    outW: y[2]!,
    outC: y[3]!,
    kernelH: kernel[0],
    kernelW: kernel[1],
    strideH,
    strideW,
    dilationH,
    dilationW,
    padTop: before(inH, kernel[0], strideH, dilationH),
    padLeft: before(inW, kernel[1], strideW, dilationW),
  };
}

/** A 1×1 window over `pixels` pixels: a dense layer, or a pointwise convolution, as one long row. */
export function pointwiseWindow(pixels: number, inC: number, outC: number): Window {
  const ones = { kernelH: 1, kernelW: 1, strideH: 1, strideW: 1, dilationH: 1, dilationW: 1, padTop: 0, padLeft: 0 };
  return { inH: 1, inW: pixels, inC, outH: 1, outW: pixels, outC, ...ones };
}

export const isPointwise = (w: Window): boolean =>
  w.kernelH === 1 && w.kernelW === 1 && w.strideH === 1 && w.strideW === 1 && w.padTop === 0 && w.padLeft === 0;

/** One pass of the input's gradient: the input pixels of one phase of the strides, as a convolution of the gradient. */
export interface InputGradientPhase {
  readonly window: Window;
  readonly tapsH: number;
  readonly tapsW: number;
  readonly rowStart: number;
  readonly columnStart: number;
  /** Elements from the image's start to the first pixel of the phase. */
  readonly outOffset: number;
  readonly outRow: number;
  readonly outPixel: number;
}

/**
 * dx[i] = Σ over taps k with (i + pad − k·dilation) divisible by the stride. Input pixels i ≡ phase (mod stride) read the
 * same taps, so each phase is a stride-1 convolution with those taps reversed. Phases that no tap reaches are left out:
 * their gradient is 0. Strides and dilations do not meet in one axis, in Keras as here.
 */
export function inputGradientPhases(w: Window): InputGradientPhase[] {
  const rows = axisPhases(w.inH, w.kernelH, w.strideH, w.dilationH, w.padTop);
  const columns = axisPhases(w.inW, w.kernelW, w.strideW, w.dilationW, w.padLeft);
  return rows.flatMap((row) =>
    columns.map((column) => ({
      window: {
        inH: w.outH,
        inW: w.outW,
        inC: w.outC,
        outH: row.count,
        outW: column.count,
        outC: w.inC,
        kernelH: row.taps,
        kernelW: column.taps,
        strideH: 1,
        strideW: 1,
        dilationH: w.dilationH,
        dilationW: w.dilationW,
        padTop: row.pad,
        padLeft: column.pad,
      },
      tapsH: row.taps,
      tapsW: column.taps,
      rowStart: row.firstTap,
      columnStart: column.firstTap,
      outOffset: (row.phase * w.inW + column.phase) * w.inC,
      outRow: w.strideH * w.inW * w.inC,
      outPixel: w.strideW * w.inC,
    })),
  );
}

interface AxisPhase {
  readonly phase: number;
  readonly count: number;
  readonly taps: number;
  readonly firstTap: number;
  readonly pad: number;
}

function axisPhases(size: number, kernel: number, stride: number, dilation: number, pad: number): AxisPhase[] {
  if (stride === 1) {
    return [{ phase: 0, count: size, taps: kernel, firstTap: 0, pad: (kernel - 1) * dilation - pad }];
  }
  const phases: AxisPhase[] = [];
  for (let phase = 0; phase < Math.min(stride, size); phase++) {
    const firstTap = (phase + pad) % stride;
    const taps = Math.ceil((kernel - firstTap) / stride);
    // Output pixel of the last tap for the first input pixel of this phase: the window starts taps − 1 before it.
    const first = (phase + pad - firstTap) / stride;
    if (taps > 0)
      phases.push({ phase, count: Math.ceil((size - phase) / stride), taps, firstTap, pad: taps - 1 - first });
  }
  return phases;
}
