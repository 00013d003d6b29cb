// LOGISTIC, TANH, ELU, GELU, EXP, LOG: bytes by a table of 256 entries in float32, int16 by interpolation.
// Source: activations.cc, exp.cc, elementwise.cc, gelu.h, logistic.h and tanh.h of LiteRT.

import type { OpOf } from '../../graph/op.ts';
import { logistic16, tanh16 } from '../gemmlowp16.ts';
import { codeRange, type Kernel, type KernelContext, type Run, type Value } from '../kernel.ts';
import { erfcf, expf, expm1f, logf, tanhf } from '../libm.ts';
import { byteTable, int16Table, interpolate } from '../lookup-table.ts';
import { SIGMOID_TABLE } from '../sigmoid-table.ts';
import { lookUp, requireSymmetric, requireType, unary } from '../unary.ts';
import { powerOfTwo } from './add-sub.ts';

const { fround } = Math;

export const sigmoid = (x: number): number => fround(1 / fround(1 + expf(-x)));
/** That of float32 tensors: 1 from where float32 cannot tell, and e^x far below 0, as logistic.h has it. */
const cutSigmoid = (x: number): number => (x > 16.619047164916992 ? 1 : x < -9 ? expf(x) : sigmoid(x));
const elu = (x: number): number => (x < 0 ? expm1f(x) : x);

const HALF_ROOT = fround(-Math.SQRT1_2);
/** √(2/π), its factors multiplied in float64. */
const ROOT_2_OVER_PI = fround((2 / Math.sqrt(Math.PI)) * Math.SQRT1_2);
const CUBIC = fround(0.044715);

const gelu = (x: number): number => fround(fround(0.5 * x) * erfcf(fround(x * HALF_ROOT)));

function approximateGelu(x: number): number {
  const cube = fround(fround(fround(CUBIC * x) * x) * x);
  const inner = fround(ROOT_2_OVER_PI * fround(x + cube));
  return fround(fround(0.5 * x) * fround(1 + tanhf(inner)));
}

/** A table of f for bytes; float32 as it is; int16 interpolated where `int16` allows. */
function byTable(context: KernelContext, f: (x: number) => number, types: readonly Value['dtype'][]): Run {
  const input = context.input(0);
  const output = context.output(0, input.shape);
  requireType(context, input, types);
  if (output.dtype !== input.dtype) context.refuse(`its input is ${input.dtype} and its output ${output.dtype}`);
  if (input.dtype === 'float32') return unary(context, input, output, f);
  if (input.dtype !== 'int16') return lookUp(context, input, output, byteTable(input, output, f));
  requireSymmetric(context, input, output);
  const table = int16Table(f, input, output, fround);
  return unary(context, input, output, (q) => interpolate(q, table));
}

export const eluKernel: Kernel<'ELU'> = (_op, context) => byTable(context, elu, ['float32', 'int8']);
export const expKernel: Kernel<'EXP'> = (_op, context) => byTable(context, expf, ['float32', 'int8', 'int16']);
export const geluKernel: Kernel<'GELU'> = (op: OpOf<'GELU'>, context) =>
  byTable(context, op.options.approximate ? approximateGelu : gelu, ['float32', 'int8', 'uint8', 'int16']);

export const logKernel: Kernel<'LOG'> = (_op, context) => {
  const output = context.outputType(0);
  if (output.dtype === 'float32') return byTable(context, logf, ['float32']);
  // Nothing and less have the lowest value that the output can hold.
  const least = fround((codeRange(output.dtype)[0] - output.zeroPoint) * output.scale);
  return byTable(context, (x) => (x <= 0 ? least : logf(x)), ['int8', 'int16']);
};

/** int16 of the scale 2^-12: LiteRT's optimized kernel takes gemmlowp's function instead of the table. */
export const optimizedLogistic: Kernel<'LOGISTIC'> = (op, context) => {
  const input = context.input(0);
  if (input.dtype !== 'int16' || powerOfTwo(input.scale) !== -12) return logistic(op, context);
  return unary(context, input, context.output(0, input.shape), logistic16);
};

/** The same for the scales 2^-12 and 2^-11. */
export const optimizedTanh: Kernel<'TANH'> = (op, context) => {
  const input = context.input(0);
  const power = powerOfTwo(input.scale);
  if (input.dtype !== 'int16' || (power !== -12 && power !== -11)) return tanh(op, context);
  const factor = power === -11 ? 2 : 1;
  return unary(context, input, context.output(0, input.shape), (q) =>
    tanh16(Math.max(-32768, Math.min(32767, q * factor)), 3),
  );
};

export const logistic: Kernel<'LOGISTIC'> = (_op, context) => {
  const input = context.input(0);
  const output = context.outputType(0);
  if (input.dtype === 'int16') return sigmoidInt16(context, input, interpolateSigmoid, [0], 1 / 32768);
  if (input.dtype !== 'float32' && output.scale !== 1 / 256) {
    context.refuse(`its output has scale ${output.scale}, but LiteRT wants 1/256`);
  }
  return byTable(context, input.dtype === 'float32' ? cutSigmoid : sigmoid, ['float32', 'int8', 'uint8']);
};

export const tanh: Kernel<'TANH'> = (_op, context) => {
  const input = context.input(0);
  if (input.dtype === 'int16') return sigmoidInt16(context, input, interpolateTanh, [0, 1], null);
  return byTable(context, tanhf, ['float32', 'int8', 'uint8']);
};

/** Brings codes to units of 1/(3·4096), in which the sigmoid's table is read, and looks them up. */
function sigmoidInt16(
  context: KernelContext,
  input: Value,
  read: (x: number) => number,
  shifts: readonly number[],
  outputScale: number | null,
): Run {
  const output = context.output(0, input.shape);
  requireSymmetric(context, input, output);
  if (outputScale !== null && output.scale !== outputScale) {
    context.refuse(`its output has scale ${output.scale}, but LiteRT wants ${outputScale}`);
  }
  const power = powerOfTwo(input.scale);
  let shift = 12 + (power ?? 0);
  let multiplier = 3 * 2 ** shift;
  if (power === null || !shifts.includes(shift)) {
    let factor = input.scale * 4096 * 3;
    for (shift = 0; factor <= 32767 / 2 && shift <= 30; shift++) factor *= 2;
    multiplier = Math.trunc(factor);
  } else {
    shift = 0;
  }
  const half = shift > 0 ? 2 ** (shift - 1) : 0;
  return unary(context, input, output, (q) => read(Math.floor((q * multiplier + half) / 2 ** shift)));
}

/** 16-bit sigmoid of x / (3·4096), linear between entries of its table. */
export function interpolateSigmoid(x: number): number {
  const magnitude = Math.abs(x);
  const index = Math.floor(magnitude / 512);
  let result = 0x7fff * 1024;
  if (index < 255) {
    const base = SIGMOID_TABLE[index];
    result = base * 512 + (magnitude & 511) * (SIGMOID_TABLE[index + 1] - base);
  }
  const rounded = x >= 0 ? result + 512 : 2 ** 25 - result + 511;
  return ((rounded >>> 10) << 16) >> 16;
}

/** tanh(x) = 2·sigmoid(2x) − 1, from the same table. */
export function interpolateTanh(x: number): number {
  const magnitude = Math.abs(x);
  const index = Math.floor(magnitude / 256);
  let result = 0xffff * 256;
  if (index < 255) {
    const base = SIGMOID_TABLE[index];
    result = base * 256 + (magnitude & 255) * (SIGMOID_TABLE[index + 1] - base);
  }
  const centred = x >= 0 ? result - 2 ** 23 + 128 : -result + 2 ** 23 + 127;
  return ((centred >> 8) << 16) >> 16;
}
