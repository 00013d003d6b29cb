// NumPy files: types, orders and damage.

import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { formatNpy, parseNpy } from '../../../host/numpy/npy.ts';
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
