// Weights whose scales a target restricts (powers of two, accumulators of fewer bits): rounded by the exporter's own functions,
// between the kernels, since the folded weights decide.

import type { Op } from '../../graph/op.ts';
import { RANGE } from '../../kernels/memory.ts';
import { fixedGrid } from '../../quantization/activation-quantization.ts';
import { fakeQuantize, fakeQuantizePerChannel } from '../../quantization/fake-quantize.ts';
import { gridsOfWeights } from '../../quantization/quantize-constants.ts';
import type { LayerSettings, TensorSettings } from '../../quantization/settings.ts';
import { weightGrids } from '../../quantization/weight-quantization.ts';
import type { Argument, Place } from './buffers.ts';
import type { Planner } from './planner.ts';

export const isRestricted = ({ powerOfTwo, accumulatorBits = 32 }: TensorSettings): boolean =>
  powerOfTwo === true || accumulatorBits !== 32;

interface Arguments {
  readonly [name: string]: Argument;
  readonly weights: Argument;
  readonly multiplier: Argument;
  readonly bias: Argument;
  /** 0 while the accumulator's limits are not known. */
  readonly inputRange: Argument;
  readonly out: Place;
  readonly scales: Place;
}

/** out = weights times multiplier, on the grids that the exporter gives them. */
export function planExactWeights(
  c: Planner,
  op: Op,
  settings: LayerSettings,
  args: Arguments,
  { rows, channels }: { readonly rows: number; readonly channels: number },
): void {
  c.emitOwn(op, args, (p, { f32 }) => {
    const vector = (address: number): Float32Array => f32.subarray(address >> 2, (address >> 2) + channels);
    const out = f32.subarray(p.out >> 2, (p.out >> 2) + rows * channels);
    out.set(f32.subarray(p.weights >> 2, (p.weights >> 2) + out.length));
    if (p.multiplier !== 0) {
      const multiplier = vector(p.multiplier);
      for (let i = 0; i < out.length; i++) out[i] *= multiplier[i % channels];
    }
    const shape = [rows, channels];
    const grids =
      p.inputRange === 0
        ? weightGrids(out, shape, 1, settings.weights)
        : gridsOfWeights(
            out,
            shape,
            1,
            settings,
            inputGrid(f32, p.inputRange >> 2),
            p.bias === 0 ? undefined : vector(p.bias),
          );
    if (grids.length === 1) fakeQuantize(out, grids[0], out);
    else fakeQuantizePerChannel(out, { channels, inner: 1 }, grids, out);
    vector(p.scales).forEach((_, channel, scales) => {
      scales[channel] = (grids[channel] ?? grids[0]).scale;
    });
  });
}

function inputGrid(f32: Float32Array, at: number) {
  const codes = { min: f32[at + RANGE.codeMin], max: f32[at + RANGE.codeMax] };
  return fixedGrid(f32[at + RANGE.scale], f32[at + RANGE.zeroPoint], codes);
}
