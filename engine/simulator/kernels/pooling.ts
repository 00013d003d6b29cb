// AVERAGE_POOL_2D and MAX_POOL_2D over the part of each window that lies in the image. The output's scale is not looked at.
// Source: pooling.h of LiteRT's reference kernels.

import type { OpOf } from '../../graph/op.ts';
import { activationRange, floatActivationRange } from '../activation-range.ts';
import { isInteger, type Kernel, type KernelContext, type Numbers, numbers, type Run, type Value } from '../kernel.ts';
import { type WindowAxis, windowAxis } from '../windows.ts';

type PoolKind = 'AVERAGE_POOL_2D' | 'MAX_POOL_2D';

/** From the sum, or largest element, of `count` elements to the output. */
type Finish = (value: number, count: number) => number;

export function pool<K extends PoolKind>(reduce: 'sum' | 'max'): Kernel<K> {
  return (op, context) => {
    const { options } = op as OpOf<PoolKind>;
    const input = context.input(0);
    if (input.shape.length !== 4) return context.refuse('it needs an image of rank 4');
    const y = windowAxis(context, input.shape[1], options.filterH, options.strideH, 1, options.padding);
    const x = windowAxis(context, input.shape[2], options.filterW, options.strideW, 1, options.padding);
    const output = context.output(0, [input.shape[0], y.output, x.output, input.shape[3]]);
    if (output.dtype !== input.dtype)
      return context.refuse(`its input is ${input.dtype} and its output ${output.dtype}`);
    if (input.quantized && (input.scale !== output.scale || input.zeroPoint !== output.zeroPoint)) {
      context.warn(
        'its input and output have different scales or zero points, which the runtime ignores: its values are wrong',
      );
    }
    const finish = finisher(op as OpOf<PoolKind>, context, input, output, reduce);
    return slide(
      numbers(context, input),
      numbers(context, output),
      input.shape,
      y,
      x,
      reduce === 'sum',
      finish,
      input.dtype,
    );
  };
}

function finisher(
  op: OpOf<PoolKind>,
  context: KernelContext,
  input: Value,
  output: Value,
  reduce: 'sum' | 'max',
): Finish {
  if (input.dtype === 'float32') {
    const [low, high] = floatActivationRange(op.options.activation);
    return (value, count) => {
      const result = reduce === 'sum' ? Math.fround(value / count) : value;
      return result < low ? low : result > high ? high : result;
    };
  }
  if (!isInteger(input.dtype)) return context.refuse(`there is no kernel for ${input.dtype}`);
  const [low, high] = activationRange(op.options.activation, output);
  return (value, count) => {
    // Half of the count is added away from code 0 (not from the zero point), and the division truncates.
    const half = count >> 1;
    const result = reduce === 'sum' ? Math.trunc((value > 0 ? value + half : value - half) / count) : value;
    return result < low ? low : result > high ? high : result;
  };
}

function slide(
  data: Numbers,
  out: Numbers,
  [batches, , , depth]: readonly number[],
  y: WindowAxis,
  x: WindowAxis,
  sums: boolean,
  finish: Finish,
  dtype: Value['dtype'],
): Run {
  const float = dtype === 'float32';
  const lowest = float ? -3.4028234663852886e38 : -32768;
  const values = new Float64Array(depth);
  return () => {
    let at = 0;
    for (let batch = 0; batch < batches; batch++) {
      for (let oy = 0; oy < y.output; oy++) {
        const y0 = Math.max(0, oy * y.stride - y.before);
        const y1 = Math.min(y.input, oy * y.stride - y.before + y.filter);
        for (let ox = 0; ox < x.output; ox++, at += depth) {
          const x0 = Math.max(0, ox * x.stride - x.before);
          const x1 = Math.min(x.input, ox * x.stride - x.before + x.filter);
          values.fill(sums ? 0 : lowest);
          for (let iy = y0; iy < y1; iy++) {
            for (let ix = x0; ix < x1; ix++) {
              const from = ((batch * y.input + iy) * x.input + ix) * depth;
              if (sums && float) for (let c = 0; c < depth; c++) values[c] = Math.fround(values[c] + data[from + c]);
              else if (sums) for (let c = 0; c < depth; c++) values[c] += data[from + c];
              else for (let c = 0; c < depth; c++) if (data[from + c] > values[c]) values[c] = data[from + c];
            }
          }
          const count = (y1 - y0) * (x1 - x0);
          for (let c = 0; c < depth; c++) out[at + c] = finish(values[c], count);
        }
      }
    }
  };
}
