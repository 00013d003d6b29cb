// Fake-quantization against TensorFlow's ops: values and input gradients to the bit, range gradients to a tolerance.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { codeRange } from '../../../engine/quantization/codes.ts';
import {
  channelLayout,
  fakeQuantize,
  fakeQuantizeGradient,
  fakeQuantizePerChannel,
  fakeQuantizePerChannelGradient,
  nudgedGrid,
  quantizeToCodes,
  quantizeToCodesPerChannel,
} from '../../../engine/quantization/fake-quantize.ts';
import { TOLERANCE } from '../../tolerances.ts';
import { checksum, decode, drawCase, type FakeQuantizeCase, type OracleFile } from './fake-quantize-cases.ts';

const path = process.env.QUANTLENS_FAKE_QUANTIZE ?? join(import.meta.dirname, '../../oracles/fake-quantize.json');
const oracle: OracleFile = JSON.parse(readFileSync(path, 'utf8'));

function perTensor({ bits, narrow, ranges, values, gradient }: FakeQuantizeCase) {
  const grid = nudgedGrid(ranges[0][0], ranges[0][1], codeRange(bits, narrow));
  const output = new Float32Array(values.length);
  const inputGradient = new Float32Array(values.length);
  fakeQuantize(values, grid, output);
  const range = fakeQuantizeGradient(gradient, values, grid, inputGradient);
  return { grid, output, inputGradient, ranges: [range.min, range.max] };
}

function perChannel({ bits, narrow, ranges, channelValues, gradient }: FakeQuantizeCase) {
  const grids = ranges.map(([min, max]) => nudgedGrid(min, max, codeRange(bits, narrow)));
  const layout = channelLayout([channelValues.length / ranges.length, ranges.length], 1);
  const output = new Float32Array(channelValues.length);
  const inputGradient = new Float32Array(channelValues.length);
  fakeQuantizePerChannel(channelValues, layout, grids, output);
  const result = fakeQuantizePerChannelGradient(gradient, channelValues, layout, grids, inputGradient);
  return { grids, layout, output, inputGradient, ranges: result.flatMap((range) => [range.min, range.max]) };
}

describe('fake-quantization', () => {
  it(`equals TensorFlow to the bit on ${oracle.cases * oracle.values} values of each op, gradients included`, () => {
    const checks = decode(oracle.checks, Uint32Array);
    const wrong: string[] = [];
    for (let index = 0; index < oracle.cases; index++) {
      const drawn = drawCase(index, oracle);
      expect(checksum(drawn.values, drawn.channelValues), `inputs of case ${index}`).toBe(checks[3 * index]);
      const tensor = perTensor(drawn);
      const channel = perChannel(drawn);
      if (checksum(tensor.output, tensor.inputGradient) !== checks[3 * index + 1]) wrong.push(`${index} per tensor`);
      if (checksum(channel.output, channel.inputGradient) !== checks[3 * index + 2]) wrong.push(`${index} per channel`);
    }
    expect(wrong).toEqual([]);
  });

  it('sums the gradients of ranges as TensorFlow does', () => {
    const expected = decode(oracle.rangeGradients, Float32Array);
    const width = 2 + 2 * oracle.channels;
    for (let index = 0; index < expected.length / width; index++) {
      const drawn = drawCase(index, oracle);
      const ours = [...perTensor(drawn).ranges, ...perChannel(drawn).ranges];
      for (let i = 0; i < width; i++) {
        const error = Math.abs(ours[i] - expected[index * width + i]);
        // Relative to the terms of the sum, which may cancel: each is below 1.
        expect(error).toBeLessThanOrEqual(TOLERANCE.rangeGradient * Math.max(1, Math.abs(expected[index * width + i])));
      }
    }
  });

  it('gives codes whose real values are the fake-quantized ones', () => {
    for (let index = 0; index < 200; index++) {
      const drawn = drawCase(index, oracle);
      const tensor = perTensor(drawn);
      const codes = new Int32Array(drawn.values.length);
      quantizeToCodes(drawn.values, tensor.grid, codes);
      const { scale, zeroPoint } = tensor.grid;
      expect(checksum(Float32Array.from(codes, (code) => (code - zeroPoint) * scale))).toBe(checksum(tensor.output));

      const channel = perChannel(drawn);
      quantizeToCodesPerChannel(drawn.channelValues, channel.layout, channel.grids, codes);
      const real = Float32Array.from(codes, (code, i) => {
        const grid = channel.grids[i % oracle.channels];
        return (code - grid.zeroPoint) * grid.scale;
      });
      expect(checksum(real)).toBe(checksum(channel.output));
    }
  });

  it('has 0 on every grid and passes gradients where the range is [0, 0]', () => {
    const { grid, inputGradient } = perTensor({
      ...drawCase(0, oracle),
      ranges: [[0, 0]],
    });
    expect(grid).toMatchObject({ scale: 0, zeroPoint: 0 });
    expect(inputGradient).toEqual(drawCase(0, oracle).gradient);
    expect(nudgedGrid(0, 255, codeRange(8, false))).toMatchObject({ scale: 1, zeroPoint: -128, min: 0, max: 255 });
  });
});
