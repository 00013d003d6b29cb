// BATCH_MATMUL: matrices in the last two axes, the axes before broadcast.
// Source: batch_matmul.cc and batch_matmul.h of LiteRT's reference kernels.

import type { OpOf } from '../../graph/op.ts';
import {
  multiplyByQuantizedMultiplier,
  multiplyByQuantizedMultiplier64,
  quantizeMultiplier,
} from '../../quantization/fixed-point.ts';
import { broadcastIndex, broadcastShape } from '../broadcast.ts';
import { type DynamicCodes, dynamicCodes, quantizeBatches } from '../dynamic-range.ts';
import { indexMap } from '../index-map.ts';
import {
  codeRange,
  isInteger,
  type Kernel,
  type KernelContext,
  type Numbers,
  numbers,
  product,
  type Run,
  type Value,
} from '../kernel.ts';
import { limit } from '../unary.ts';

const { fround } = Math;

interface Plan {
  readonly a: Value;
  readonly b: Value;
  readonly output: Value;
  readonly rows: number;
  readonly depth: number;
  readonly columns: number;
  /** Which matrix of each input belongs to each matrix of the output. */
  readonly first: Int32Array;
  readonly second: Int32Array;
  /** Steps between rows, and between terms, of a; between terms, and columns, of b. */
  readonly stepsA: readonly [number, number];
  readonly stepsB: readonly [number, number];
}

export const batchMatMul: Kernel<'BATCH_MATMUL'> = (op, context) => {
  const plan = planProduct(op, context);
  const { a, b, output } = plan;
  if (a.dtype === 'float32' && b.dtype === 'float32') return floatProduct(plan);
  if (a.dtype === 'float32' && b.dtype === 'int8') return dynamicProduct(op, context, plan);
  const known = (a.dtype === 'int8' && b.dtype === 'int8') || (a.dtype === 'int16' && isInteger(b.dtype));
  if (!known) return context.refuse(`there is no kernel for ${a.dtype} times ${b.dtype}`);
  if (a.dtype === 'int16' && [a, b, output].some(({ zeroPoint }) => zeroPoint !== 0)) {
    return context.refuse('int16 activations must have the zero point 0');
  }
  return integerProduct(context, plan);
};

function planProduct(op: OpOf<'BATCH_MATMUL'>, context: KernelContext): Plan {
  const { adjX, adjY } = op.options;
  const a = context.input(0);
  const b = context.input(1);
  if (a.shape.length < 2 || b.shape.length < 2) return context.refuse('its inputs are not matrices');
  const [rows, depth] = adjX ? a.shape.slice(-2).reverse() : a.shape.slice(-2);
  const [inner, columns] = adjY ? b.shape.slice(-2).reverse() : b.shape.slice(-2);
  if (inner !== depth) return context.refuse(`its matrices ${rows}×${depth} and ${inner}×${columns} do not multiply`);
  const batches = [a.shape.slice(0, -2), b.shape.slice(0, -2)];
  const shape = broadcastShape(context, batches);
  const output = context.output(0, [...shape, rows, columns]);
  const count = product(shape);
  const [first, second] = batches.map(
    (batch) => broadcastIndex(batch, shape) ?? Int32Array.from({ length: count }, (_, i) => i),
  );
  const stepsA: Plan['stepsA'] = adjX ? [1, rows] : [depth, 1];
  const stepsB: Plan['stepsB'] = adjY ? [1, depth] : [columns, 1];
  return { a, b, output, rows, depth, columns, first, second, stepsA, stepsB };
}

/** Calls `cell` for each output: first terms in a and b, the output's place, and the row of a and column of b. */
function eachCell(
  plan: Plan,
  cell: (from: number, other: number, at: number, row: number, column: number) => void,
): void {
  const { rows, depth, columns, first, second, stepsA, stepsB } = plan;
  for (let matrix = 0, at = 0; matrix < first.length; matrix++) {
    for (let i = 0; i < rows; i++) {
      const from = first[matrix] * rows * depth + i * stepsA[0];
      for (let j = 0; j < columns; j++, at++) {
        cell(from, second[matrix] * depth * columns + j * stepsB[1], at, first[matrix] * rows + i, j);
      }
    }
  }
}

function floatProduct(plan: Plan): Run {
  const [x, y] = [plan.a.data as Float32Array, plan.b.data as Float32Array];
  const out = plan.output.data as Float32Array;
  const [stepA, stepB] = [plan.stepsA[1], plan.stepsB[0]];
  return () =>
    eachCell(plan, (from, other, at) => {
      let sum = 0;
      for (let k = 0; k < plan.depth; k++) sum = fround(sum + fround(x[from + k * stepA] * y[other + k * stepB]));
      out[at] = sum;
    });
}

/** The multiplier comes from a float32 product of the scales. int16 sums are int64. */
function integerProduct(context: KernelContext, plan: Plan): Run {
  const { a, b, output, depth } = plan;
  const [x, y, out] = [numbers(context, a), numbers(context, b), numbers(context, output)];
  const [stepA, stepB] = [plan.stepsA[1], plan.stepsB[0]];
  const { multiplier, shift } = quantizeMultiplier(fround(a.scale * b.scale) / output.scale);
  const [low, high] = codeRange(output.dtype);
  const wide = a.dtype === 'int16';
  // int8 inputs may give the raw int32 sums of the codes.
  const raw = output.dtype === 'int32';
  const [zeroA, zeroB] = raw ? [0, 0] : [a.zeroPoint, b.zeroPoint];
  return () =>
    eachCell(plan, (from, other, at) => {
      let sum = 0;
      for (let k = 0; k < depth; k++) sum += (x[from + k * stepA] - zeroA) * (y[other + k * stepB] - zeroB);
      if (raw) {
        out[at] = sum;
        return;
      }
      const scaled = wide
        ? multiplyByQuantizedMultiplier64(sum, multiplier, shift)
        : multiplyByQuantizedMultiplier(sum | 0, multiplier, shift);
      out[at] = limit(scaled + output.zeroPoint, low, high);
    });
}

/**
 * Dynamic range: rows of a are quantized as they come. With several batch axes the runtime takes scales and zero points of
 * the matrix whose number is the sum of the places along the axes: a defect, reproduced with a warning.
 */
function dynamicProduct(op: OpOf<'BATCH_MATMUL'>, context: KernelContext, plan: Plan): Run {
  const { a, b, depth, columns, rows } = plan;
  if (op.options.adjX) return context.refuse('dynamic-range weights have no kernel for a transposed first input');
  const y = numbers(context, b);
  const out = plan.output.data as Float32Array;
  const stepB = plan.stepsB[0];
  const perChannel = b.scales.length > 1 && b.scales.length === columns;
  const target: DynamicCodes = dynamicCodes(a.size / depth, depth);
  const asymmetric = op.options.asymmetricQuantizeInputs === true;
  const batch = plan.output.shape.slice(0, -2);
  const [rowMatrix, columnMatrix] = [a, b].map((value) => summedPlaces(batch, value.shape.slice(0, -2)));
  if (rowMatrix.some((matrix, i) => matrix !== plan.first[i])) {
    context.warn('the runtime takes the scales of other rows where there are several batch axes: its values are wrong');
  }
  const constantSums = b.known ? columnSums(y, plan) : null;
  return () => {
    const sums = constantSums ?? columnSums(y, plan);
    quantizeBatches(a.data as Float32Array, target, asymmetric);
    eachCell(plan, (from, other, at, row, column) => {
      const matrix = Math.floor(at / (rows * columns));
      const line = rowMatrix[matrix] * rows + (row % rows);
      let sum = 0;
      for (let k = 0; k < depth; k++) sum += target.codes[from + k] * y[other + k * stepB];
      // The kernel takes the zero point off in float32.
      const weights = sums[columnMatrix[matrix] * columns + column];
      sum = Math.trunc(fround(fround(sum) - fround(weights * target.zeroPoints[line])));
      out[at] = fround(target.scales[line] * b.scales[perChannel ? column : 0]) * fround(sum);
    });
  };
}

/** Sum of each column of each matrix of b. */
function columnSums(y: Numbers, { b, depth, columns, stepsB }: Plan): Float64Array {
  const sums = new Float64Array(b.size / depth);
  for (let i = 0; i < sums.length; i++) {
    const from = Math.floor(i / columns) * depth * columns + (i % columns) * stepsB[1];
    for (let k = 0; k < depth; k++) sums[i] += y[from + k * stepsB[0]];
  }
  return sums;
}

/** For each matrix of `shape` the sum of its places along the axes that `own` does not broadcast. */
function summedPlaces(shape: readonly number[], own: readonly number[]): Int32Array {
  return indexMap({ shape }, (place) =>
    place.reduce((sum, at, axis) => sum + ((own[axis - shape.length + own.length] ?? 1) === 1 ? 0 : at), 0),
  );
}
