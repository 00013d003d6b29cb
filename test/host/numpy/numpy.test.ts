// NumPy files: types, orders and damage.

import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { formatNpy, type NumpyArray, parseNpy } from '../../../host/numpy/npy.ts';
import { formatNpz, openNpz } from '../../../host/numpy/npz.ts';

interface Case {
  readonly dtype: string;
  readonly order: string;
  readonly shape: number[];
  readonly values: number[];
  /** Base64. */
  readonly file: string;
}
const cases: Case[] = JSON.parse(readFileSync(join(import.meta.dirname, '../../oracles/numpy_files.json'), 'utf8'));

const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'base64'));

describe('.npy', () => {
  test.each(cases)('reads what NumPy writes: $dtype, order $order, shape $shape', ({ file, shape, values }) => {
    const array = parseNpy(bytes(file), 'a.npy');
    expect(array.shape).toEqual(shape);
    expect(Array.from(array.data, Number)).toEqual(values);
  });

  test.each(cases.filter((c) => c.order === 'C' && !/>|f2/.test(c.dtype)))('writes as NumPy does: $dtype', (c) => {
    expect(Buffer.from(formatNpy(parseNpy(bytes(c.file), 'a.npy'))).toString('base64')).toBe(c.file);
  });

  test('refuses what is no array of numbers, in a sentence', () => {
    const whole = bytes(cases[0].file);
    expect(() => parseNpy(whole.subarray(0, whole.length - 1), 'a.npy')).toThrow(/^a\.npy ends before its array does/);
    expect(() => parseNpy(whole.subarray(0, 9), 'a.npy')).toThrow(/^a\.npy ends before/);
    expect(() => parseNpy(new Uint8Array(100), 'a.npy')).toThrow(/^a\.npy is not a NumPy array file\.$/);
    const objects = Buffer.from(whole).toString('latin1').replace("'|b1'", "'|O' ");
    expect(() => parseNpy(Buffer.from(objects, 'latin1'), 'a.npy')).toThrow(/NumPy type '\|O', which are not numbers/);
    const text = Buffer.from(whole).toString('latin1').replace("'|b1'", "'<U2'");
    expect(() => parseNpy(Buffer.from(text, 'latin1'), 'a.npy')).toThrow(/NumPy type '<U2'/);
  });
});

describe('.npz', () => {
  const folder = mkdtempSync(join(tmpdir(), 'quantlens-npz-'));
  const path = join(folder, 'a.npz');
  const array = { type: 'f4', shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) } as const;

  test('round trip', () => {
    writeFileSync(path, formatNpz(new Map([['x', array]])));
    expect(openNpz(path).names).toEqual(['x']);
    expect(openNpz(path).read('x')).toEqual(array);
    expect(() => openNpz(path).read('y')).toThrow(/a\.npz has no array named "y"; it has x\.$/);
  });

  test('a truncated or random file is one sentence', () => {
    const whole = formatNpz(new Map([['x', { ...array, shape: [4] }]]));
    for (let length = 0; length < whole.length; length += 7) {
      writeFileSync(path, whole.subarray(0, length));
      expect(() => openNpz(path)).toThrow(/a\.npz is not a whole \.npz file \(.+\)\. Copy or save it again\.$/);
    }
    writeFileSync(
      path,
      Uint8Array.from({ length: 5000 }, (_, i) => (i * 31) ^ (i >> 3)),
    );
    expect(() => openNpz(path)).toThrow(/not a whole \.npz file/);
  });
});

describe('a damaged .npz', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'quantlens-npz-')), 'damaged.npz');
  const data = Float32Array.from({ length: 64 }, (_, n) => Math.sin(n));
  const labels = Int32Array.from({ length: 64 }, (_, n) => n % 10);
  const arrays = new Map<string, NumpyArray>([
    ['x', { type: 'f4', shape: [8, 8], data }],
    ['y', { type: 'i4', shape: [64], data: labels }],
  ]);

  test('never gives other numbers, whichever byte is another', () => {
    const whole = formatNpz(arrays);
    let refused = 0;
    for (let at = 0; at < whole.length; at++) {
      const bytes = whole.slice();
      bytes[at] ^= 0x21;
      writeFileSync(file, bytes);
      try {
        const npz = openNpz(file);
        if (npz.names.includes('x')) expect(npz.read('x').data, `byte ${at}`).toEqual(data);
        if (npz.names.includes('y')) expect(npz.read('y').data, `byte ${at}`).toEqual(labels);
      } catch (error) {
        expect(error, `byte ${at}`).toMatchObject({ name: 'InputError', message: expect.stringMatching(/\.$/) });
        refused++;
      }
    }
    // The checksum sees every byte of the arrays; names, times and local headers may differ.
    expect(refused).toBeGreaterThan(whole.length / 2);
  });

  test('gets no more room than it can need', () => {
    const bytes = Buffer.from(formatNpz(arrays));
    const entry = bytes.lastIndexOf('PK\x01\x02');
    bytes.writeUInt32LE(0xfffffff0, entry + 24);
    writeFileSync(file, bytes);
    expect(() => openNpz(file).read('y')).toThrow(
      /damaged\.npz is not a whole \.npz file \("y\.npy" claims to be larger than it can be\)\. Copy or save it again\.$/,
    );
  });
});
