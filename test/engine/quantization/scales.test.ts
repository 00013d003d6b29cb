// Grids of activations and weights: what they contain, what they share, and the floors that keep int32 whole.
import { describe, expect, it } from 'vitest';
import { activationQuantization, nextPowerOfTwo } from '../../../engine/quantization/activation-quantization.ts';
import { codeRange } from '../../../engine/quantization/codes.ts';
import { channelLayout, nudgedGrid, quantizeToCodesPerChannel } from '../../../engine/quantization/fake-quantize.ts';
import { INT8_SETTINGS } from '../../../engine/quantization/settings.ts';
import { scaleFloors, weightGrids, weightScales } from '../../../engine/quantization/weight-quantization.ts';

const { weights: WEIGHTS, activations: ACTIVATIONS } = INT8_SETTINGS;

describe('activation grids', () => {
  it('contain 0 exactly, whatever the range', () => {
    for (const range of [
      { min: 2, max: 6 },
      { min: -7, max: -3 },
      { min: -1e-20, max: 1e-20 },
      { min: 0, max: 0 },
    ]) {
      const grid = activationQuantization(range, ACTIVATIONS);
      expect(grid.min).toBeLessThanOrEqual(0);
      expect(grid.max).toBeGreaterThanOrEqual(0);
      expect(grid.scale).toBeGreaterThan(0);
      expect(grid.zeroPoint).toBeGreaterThanOrEqual(-128);
      expect(grid.zeroPoint).toBeLessThanOrEqual(127);
    }
  });

  it('are those of the fake-quantizer, to the bit', () => {
    const range = { min: -0.7312, max: 3.1459 };
    expect(activationQuantization(range, ACTIVATIONS)).toEqual(nudgedGrid(range.min, range.max, codeRange(8, false)));
  });

  it('are exact for images of 0 to 255 and put ReLU6 at zero point −128', () => {
    expect(activationQuantization({ min: 0, max: 255 }, ACTIVATIONS)).toMatchObject({ scale: 1, zeroPoint: -128 });
    expect(activationQuantization({ min: 0, max: 6 }, ACTIVATIONS).zeroPoint).toBe(-128);
  });

  it('have zero point 0 where they are symmetric, and int16 a scale of |max| / 32767', () => {
    const int16 = { bits: 16, symmetric: true, narrowRange: false };
    const grid = activationQuantization({ min: -1, max: 2 }, int16);
    expect(grid).toMatchObject({ zeroPoint: 0, scale: Math.fround(2 / 32767), codes: { min: -32767, max: 32767 } });
    const int8 = activationQuantization({ min: -1, max: 2 }, { ...int16, bits: 8 });
    expect(int8).toMatchObject({ zeroPoint: 0, scale: Math.fround(2 / 127) });
  });
});

describe('weight grids', () => {
  const shape = [2, 1, 1, 3];
  const weights = Float32Array.of(0.5, -1.27, 0.1, 2.54, 0, -0.02);

  it('are symmetric and narrow, one a channel', () => {
    expect(weightScales(weights, shape, 0, WEIGHTS)).toEqual(Float32Array.of(1.27 / 127, 2.54 / 127));
    expect(weightScales(weights, shape, 3, WEIGHTS)).toEqual(Float32Array.of(2.54 / 127, 1.27 / 127, 0.1 / 127));
    const codes = new Int8Array(6);
    quantizeToCodesPerChannel(weights, channelLayout(shape, 0), weightGrids(weights, shape, 0, WEIGHTS), codes);
    expect([...codes]).toEqual([50, -127, 10, 127, 0, -1]);
    expect(weightScales(weights, shape, 0, { ...WEIGHTS, granularity: 'per-tensor' })).toEqual(
      Float32Array.of(2.54 / 127),
    );
  });

  it('keep the bias of a dead channel within int32', () => {
    const dead = Float32Array.of(0, 0, 0, 1e-30, -1e-30, 0);
    const bias = [1.5, -0.25];
    const limits = { inputScale: 0.02, inputSpan: 255, bias };
    const floors = scaleFloors(dead, shape, 0, limits);
    const scales = weightScales(dead, shape, 0, WEIGHTS, floors);
    for (const [channel, scale] of scales.entries()) {
      expect(Math.abs(bias[channel]) / (limits.inputScale * scale)).toBeLessThanOrEqual(2 ** 30 + 256);
    }
    expect([...weightScales(dead.fill(0), shape, 0, WEIGHTS)]).toEqual([1 / 128, 1 / 128]);
  });

  it('keep the accumulator of a very large kernel within int32', () => {
    const many = new Float32Array(100_000).fill(0.3);
    const floors = scaleFloors(many, [1, 100_000], 0, { inputScale: 1, inputSpan: 255 });
    const grids = weightGrids(many, [1, 100_000], 0, WEIGHTS, floors);
    const codes = new Int8Array(many.length);
    quantizeToCodesPerChannel(many, channelLayout([1, 100_000], 0), grids, codes);
    expect(grids[0].scale).toBeGreaterThan(0.3 / 127);
    expect(codes.reduce((sum, code) => sum + Math.abs(code), 0) * 255).toBeLessThan(2 ** 31 - 2 ** 30 + 2 ** 29);
  });

  it('are shared by groups of output channels', () => {
    const four = Float32Array.of(1.27, 0.1, 2.54, 0.3, 0.5, 0.6, 0.2, 0.1);
    const grouped = { ...WEIGHTS, granularity: 'per-group', groupSize: 2 } as const;
    const scales = weightScales(four, [4, 2], 0, grouped);
    expect([...scales]).toEqual([2.54, 2.54, 0.6, 0.6].map((limit) => Math.fround(limit / 127)));
    // Floors are shared, too.
    const floored = weightScales(four, [4, 2], 0, grouped, Float64Array.of(0, 0, 0, 0.5));
    expect([...floored]).toEqual([scales[0], scales[0], 0.5, 0.5]);
  });

  it('are the config’s range, the ones that are given, or those of least error', () => {
    expect(weightScales(weights, shape, 0, { ...WEIGHTS, range: [-12.7, 12.7] })[0]).toBeCloseTo(0.1, 6);
    const given = { scales: Float32Array.of(0.25, 0.5), zeroPoints: new Int32Array(2), axis: 0 };
    const grids = weightGrids(weights, shape, 0, WEIGHTS, Float64Array.of(0, 1), given);
    expect(grids.map(({ scale }) => scale)).toEqual([0.25, 1]);
    const many = Float32Array.from({ length: 1000 }, (_, i) => Math.sin(i) * (i === 7 ? 8 : 1));
    const three = { ...WEIGHTS, bits: 3, observer: 'mse' } as const;
    const error = (scale: number): number =>
      many.reduce((sum, w) => sum + (w - scale * Math.max(-3, Math.min(3, Math.round(w / scale)))) ** 2, 0);
    const [found] = weightScales(many, [1, 1000], 0, three);
    const [plain] = weightScales(many, [1, 1000], 0, { ...three, observer: 'min-max' });
    expect(error(found)).toBeLessThan(error(plain) / 2);
    expect(error(found)).toBeLessThanOrEqual(Math.min(error(found * 1.1), error(found * 0.9)));
  });

  it('are powers of two where the hardware shifts, and large enough for its accumulator', () => {
    const scales = weightScales(weights, shape, 0, { ...WEIGHTS, powerOfTwo: true });
    expect([...scales]).toEqual([2 ** -6, 2 ** -5]);
    const grid = activationQuantization({ min: -1, max: 2.9 }, { ...ACTIVATIONS, powerOfTwo: true });
    expect(grid).toMatchObject({ scale: 2 ** -6, zeroPoint: -64 });
    expect(grid.max).toBeGreaterThanOrEqual(2.9);
    expect(nextPowerOfTwo(0.25)).toBe(0.25);
    expect(nextPowerOfTwo(0.25 + 1e-12)).toBe(0.5);
    const many = new Float32Array(10_000).fill(1);
    const limits = { inputScale: 1, inputSpan: 255, accumulatorBits: 24 };
    const floors = scaleFloors(many, [1, 10_000], 0, limits);
    const [scale] = weightScales(many, [1, 10_000], 0, WEIGHTS, floors);
    expect(Math.round(1 / scale) * 255 * 10_000).toBeLessThanOrEqual(2 ** 22);
  });
});
