// QUANTIZE (float to integer, and integer to integer), DEQUANTIZE, CAST.
// Source: quantize.cc, requantize.h, dequantize.h and cast.cc of LiteRT; XNNPACK's f32-qs8-vcvt and qs8-vcvt.

import {
  multiplyByQuantizedMultiplier,
  quantizeMultiplier,
  roundHalfAway,
  roundHalfEven,
  wrap32,
} from '../../quantization/fixed-point.ts';
import { codeRange, type Kernel, type KernelContext, numbers, product, type Run, type Value } from '../kernel.ts';
import { limit, unary } from '../unary.ts';

const { fround } = Math;

/** How reals become codes and codes other codes; per-tensor int8 only where a set has its own. */
export interface Conversion {
  readonly fromReal: (output: Value) => (x: number) => number;
  readonly fromCode: (input: Value, output: Value) => (q: number) => number;
}

/** Reference: division, ties away from zero; a multiplier and shift. */
export const referenceConversion: Conversion = {
  fromReal: ({ scale, zeroPoint, dtype }) => {
    const [low, high] = codeRange(dtype);
    return (x) => limit(roundHalfAway(fround(x / scale)) + zeroPoint, low, high);
  },
  fromCode: (input, output) => {
    const [low, high] = codeRange(output.dtype);
    const { multiplier, shift } = quantizeMultiplier(input.scale / output.scale);
    return (q) =>
      limit(multiplyByQuantizedMultiplier(q - input.zeroPoint, multiplier, shift) + output.zeroPoint, low, high);
  },
};

/** XNNPACK: multiplication by the inverse, nearest even; an 8-bit multiplier between codes. */
export const xnnpackConversion: Conversion = {
  fromReal: (output) => {
    if (output.dtype === 'int16') return referenceConversion.fromReal(output);
    const [low, high] = codeRange(output.dtype);
    const inverse = fround(1 / output.scale);
    return (x) => limit(roundHalfEven(fround(x * inverse)) + output.zeroPoint, low, high);
  },
  fromCode: (input, output) => {
    if (input.dtype !== output.dtype || input.dtype === 'int16') return referenceConversion.fromCode(input, output);
    const [low, high] = codeRange(output.dtype);
    const multiplier = roundHalfEven(256 * fround(input.scale / output.scale));
    return (q) => limit((((q - input.zeroPoint) * multiplier + 128) >> 8) + output.zeroPoint, low, high);
  },
};

export function quantize(conversion: Conversion): Kernel<'QUANTIZE'> {
  return (_op, context) => {
    const input = context.input(0);
    const output = context.output(0, input.shape);
    if (!output.quantized) return context.refuse(`its output "${output.name}" has no scale`);
    if (input.dtype !== 'float32') return unary(context, input, output, conversion.fromCode(input, output));
    if (output.scales.length === 1) return unary(context, input, output, conversion.fromReal(output));
    return perChannel(context, input, output, output, (x, scale, zeroPoint) => {
      const [low, high] = codeRange(output.dtype);
      return limit(roundHalfAway(fround(x / scale)) + zeroPoint, low, high);
    });
  };
}

/** An element-wise function of the scale and zero point of its channel. */
function perChannel(
  context: KernelContext,
  input: Value,
  output: Value,
  quantized: Value,
  f: (x: number, scale: number, zeroPoint: number) => number,
): Run {
  const data = numbers(context, input);
  const out = numbers(context, output);
  const axis = quantized.axis ?? 0;
  const inner = product(input.shape.slice(axis + 1));
  const channels = quantized.scales.length;
  return () => {
    for (let i = 0; i < data.length; i++) {
      const channel = Math.floor(i / inner) % channels;
      out[i] = f(data[i], quantized.scales[channel], quantized.zeroPoints[channel]);
    }
  };
}

export const dequantize: Kernel<'DEQUANTIZE'> = (_op, context) => {
  const input = context.input(0);
  const output = context.output(0, input.shape);
  if (input.dtype === 'float16' || input.dtype === 'float32') return unary(context, input, output, (x) => x);
  if (input.scales.length > 1) {
    return perChannel(context, input, output, input, (q, scale, zeroPoint) => fround(scale * (q - zeroPoint)));
  }
  // A table in float64 would not do: codes to float32 go by the elements.
  const [data, out] = [numbers(context, input), numbers(context, output)];
  const { scale, zeroPoint } = input;
  return () => {
    for (let i = 0; i < data.length; i++) out[i] = scale * (data[i] - zeroPoint);
  };
};

/** Numbers as they are, codes too: nothing is dequantized. */
export const cast: Kernel<'CAST'> = (_op, context) => {
  const input = context.input(0);
  const output = context.output(0, input.shape);
  const { data } = input;
  const out = output.data;
  const fromFloat = isFloat(input.dtype);
  if (out instanceof BigInt64Array || out instanceof BigUint64Array) {
    return () => {
      for (let i = 0; i < data.length; i++) out[i] = toBigInt(data[i]);
    };
  }
  const [low, high] = INTEGER_LIMITS[output.dtype] ?? [0, 0];
  const convert = (x: number): number => {
    if (output.dtype === 'bool') return Number(x !== 0);
    if (isFloat(output.dtype)) return x;
    // Floats saturate, NaN to the largest; integers keep their low bits, as typed arrays do.
    return fromFloat ? (Number.isNaN(x) ? high : limit(Math.trunc(x), low, high)) : wrap32(x);
  };
  return () => {
    for (let i = 0; i < data.length; i++) out[i] = convert(Number(data[i]));
  };
};

const isFloat = (dtype: Value['dtype']): boolean => dtype === 'float32' || dtype === 'float64' || dtype === 'float16';

const INTEGER_LIMITS: { readonly [dtype in Value['dtype']]?: readonly [number, number] } = {
  int8: [-128, 127],
  uint8: [0, 255],
  int16: [-32768, 32767],
  uint16: [0, 65535],
  int32: [-(2 ** 31), 2 ** 31 - 1],
  uint32: [0, 2 ** 32 - 1],
};

function toBigInt(value: number | bigint): bigint {
  if (typeof value === 'bigint') return value;
  const most = 2n ** 63n - 1n;
  if (Number.isNaN(value) || value >= 2 ** 63) return most;
  return value < -(2 ** 63) ? -most - 1n : BigInt(Math.trunc(value));
}
