// The random cases of test/oracles/fake_quantize.py, drawn again from the same seed.
import { crc32 } from 'node:zlib';
import { mulberry32 } from '../../mulberry32.ts';

export interface OracleFile {
  readonly seed: number;
  readonly cases: number;
  readonly values: number;
  readonly channels: number;
  readonly checks: string;
  readonly rangeGradients: string;
}

export interface FakeQuantizeCase {
  readonly bits: number;
  readonly narrow: boolean;
  readonly ranges: readonly (readonly [number, number])[];
  readonly gradient: Float32Array;
  /** For the per-tensor op, in the first range. */
  readonly values: Float32Array;
  /** For the per-channel op, rows of `channels`. */
  readonly channelValues: Float32Array;
}

const f32 = Math.fround;

/** Numbers in [0, 1). */
function uniform(seed: number, count: number): Float64Array {
  const next = mulberry32(seed);
  return Float64Array.from({ length: count }, next);
}

function drawRange(u: Float64Array): readonly [number, number] {
  const exponent = Math.floor(20 * u[0]);
  const size = (1 + 20 * u[0] - exponent) * 2 ** (exponent - 10);
  let low = -size * u[1];
  let high = size * (1 - u[1]);
  if (u[2] < 1 / 16) low = high = 0;
  else if (u[2] < 1 / 8) low = 0;
  else if (u[2] < 3 / 16) high = 0;
  return [f32(low), f32(high)];
}

function drawValue(kind: number, place: number, [low, high]: readonly [number, number], steps: number): number {
  const width = high - low;
  if (kind < 0.5) return f32(low + width * (1.4 * place - 0.2));
  const zero = width === 0 ? 0 : Math.floor(-low / (width / steps) + 0.5);
  return f32(f32(width / steps) * (Math.floor(place * (steps + 4)) - 2 - zero + 0.5));
}

export function drawCase(index: number, oracle: OracleFile): FakeQuantizeCase {
  const { values: count, channels } = oracle;
  const seed = Number((BigInt(oracle.seed) + BigInt(index) * 0x9e3779b9n) & 0xffffffffn);
  const u = uniform(seed, 2 + 4 * channels + 3 * count);
  const bits = 2 + Math.trunc(u[0] * 15);
  const narrow = u[1] < 0.5;
  const ranges = Array.from({ length: channels }, (_, c) => drawRange(u.subarray(2 + 4 * c, 6 + 4 * c)));
  const v = u.subarray(2 + 4 * channels);
  const steps = 2 ** bits - 1 - (narrow ? 1 : 0);
  const draw = (i: number, range: readonly [number, number]) => drawValue(v[3 * i], v[3 * i + 1], range, steps);
  return {
    bits,
    narrow,
    ranges,
    gradient: Float32Array.from({ length: count }, (_, i) => 2 * v[3 * i + 2] - 1),
    values: Float32Array.from({ length: count }, (_, i) => draw(i, ranges[0])),
    channelValues: Float32Array.from({ length: count }, (_, i) => draw(i, ranges[i % channels])),
  };
}

/** CRC-32 of float32 arrays, −0 taken as 0. */
export function checksum(...arrays: readonly Float32Array[]): number {
  let crc = 0;
  for (const array of arrays) crc = crc32(new Uint8Array(Float32Array.from(array, (x) => x + 0).buffer), crc);
  return crc;
}

export function decode<T>(base64: string, view: new (buffer: ArrayBuffer) => T): T {
  const bytes = Buffer.from(base64, 'base64');
  return new view(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer);
}
