// Data from arrays and image folders, and each way in which it can be wrong.

import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encode } from 'fast-png';
import jpeg from 'jpeg-js';
import { describe, expect, test } from 'vitest';
import type { DataSource } from '../../../engine/config/schema.ts';
import { type DatasetUse, openDataset } from '../../../host/datasets/open-dataset.ts';
import { formatNpy, type NumpyArray } from '../../../host/numpy/npy.ts';
import { formatNpz } from '../../../host/numpy/npz.ts';

const folder = mkdtempSync(join(tmpdir(), 'quantlens-data-'));

const use = (changes: Partial<DatasetUse> = {}): DatasetUse => ({
  folder,
  inputShape: [2, 2, 1],
  target: { kind: 'class', classes: 3 },
  preprocessing: { scale: 1, offset: 0 },
  ...changes,
});
const source = (changes: Partial<DataSource> & { path: string }): DataSource => ({ resize: 'none', ...changes });

const images: NumpyArray = { type: 'u1', shape: [3, 2, 2], data: Uint8Array.from({ length: 12 }, (_, i) => i) };
const labels: NumpyArray = { type: 'i8', shape: [3, 1], data: BigInt64Array.of(2n, 0n, 1n) };
const npz = (name: string, x: NumpyArray, y: NumpyArray) =>
  writeFileSync(
    join(folder, name),
    formatNpz(
      new Map([
        ['x', x],
        ['y', y],
      ]),
    ),
  );

function readAll(data: DataSource, as: DatasetUse, indices: number[]) {
  const dataset = openDataset(data, as);
  const size = as.inputShape.reduce((a, b) => a * b, 1);
  const inputs = new Float32Array(indices.length * size);
  const targets = new Float32Array(indices.length);
  dataset.read(indices, inputs, targets);
  return { size: dataset.size, inputs: [...inputs], targets: [...targets] };
}

describe('arrays', () => {
  test('are read by index, preprocessed', () => {
    npz('a.npz', images, labels);
    expect(readAll(source({ path: 'a.npz' }), use(), [2, 0])).toEqual({
      size: 3,
      inputs: [8, 9, 10, 11, 0, 1, 2, 3],
      targets: [1, 2],
    });
    const preprocessing = { scale: 0.5, offset: 1, mean: [2], std: 4 };
    expect(readAll(source({ path: 'a.npz' }), use({ preprocessing }), [1]).inputs).toEqual([0.25, 0.375, 0.5, 0.625]);
  });

  test('may have one-hot labels', () => {
    const rows = Float32Array.of(0, 0, 1, 1, 0, 0, 0, 1, 0);
    npz('rows.npz', images, { type: 'f4', shape: [3, 3], data: rows });
    expect(readAll(source({ path: 'rows.npz' }), use(), [0, 1, 2]).targets).toEqual([2, 0, 1]);
  });

  test('may be two .npy files', () => {
    writeFileSync(join(folder, 'x.npy'), formatNpy(images));
    writeFileSync(join(folder, 'y.npy'), formatNpy(labels));
    expect(readAll(source({ path: 'x.npy', labels: 'y.npy' }), use(), [1]).targets).toEqual([0]);
    expect(() => openDataset(source({ path: 'x.npy' }), use())).toThrow(
      /x\.npy has no labels; name them with `labels`/,
    );
  });

  test('that do not fit say so', () => {
    npz('a.npz', images, labels);
    const open =
      (changes: Partial<DatasetUse>, path = 'a.npz') =>
      () =>
        openDataset(source({ path }), use(changes));
    expect(open({ inputShape: [4, 4, 1] })).toThrow(
      /a\.npz has samples of shape 2×2, but the model's input is 4×4×1\.$/,
    );
    expect(open({ target: { kind: 'class', classes: 2 } })).toThrow(
      /^Label 0 of "y" in .*a\.npz is 2, but the model has 2 classes, 0 to 1\.$/,
    );
    npz('short.npz', images, { ...labels, shape: [2], data: BigInt64Array.of(0n, 1n) });
    expect(open({}, 'short.npz')).toThrow(/"y" in .*short\.npz has 2 labels for 3 samples of .*short\.npz\.$/);
    npz('hot.npz', images, { type: 'f4', shape: [3, 3], data: new Float32Array(9) });
    expect(open({}, 'hot.npz')).toThrow(
      /^Row 0 of "y" in .*hot\.npz is not one-hot: expected one 1, and 0 elsewhere\.$/,
    );
    npz('wide.npz', images, { type: 'f4', shape: [3, 4], data: new Float32Array(12) });
    expect(open({}, 'wide.npz')).toThrow(/has 4 values a sample; expected one class number each, or one-hot rows/);
    expect(open({}, 'none.npz')).toThrow(/none\.npz cannot be read: there is no such file or folder\.$/);
    writeFileSync(join(folder, 'a.csv'), '1,2');
    expect(open({}, 'a.csv')).toThrow(/a\.csv is not data that QuantLens reads; expected an \.npz or \.npy file/);
    expect(() => openDataset(source({ path: 'a.npz', inputs: 'z' }), use())).toThrow(/no array named "z"; it has x, y/);
  });

  test('with NaN name the sample', () => {
    npz(
      'nan.npz',
      { type: 'f4', shape: [3, 2, 2], data: Float32Array.from([0, 0, 0, 0, 0, Number.NaN, 0, 0, 0, 0, 0, 0]) },
      labels,
    );
    expect(() => readAll(source({ path: 'nan.npz' }), use(), [0, 1])).toThrow(
      /^Sample 1 of "x" in .*nan\.npz has a value that is not finite \(NaN or infinity\)/,
    );
  });

  test('are their own target in a regression without labels', () => {
    writeFileSync(join(folder, 'auto.npy'), formatNpy(images));
    const dataset = openDataset(source({ path: 'auto.npy' }), use({ target: { kind: 'value', shape: [4] } }));
    const targets = new Float32Array(4);
    dataset.read([1], new Float32Array(4), targets);
    expect([...targets]).toEqual([4, 5, 6, 7]);
  });
});

describe('a folder of images', () => {
  const root = join(folder, 'images');
  for (const name of ['cats', 'dogs']) mkdirSync(join(root, name), { recursive: true });
  const rgb = {
    width: 2,
    height: 2,
    data: Uint8Array.from({ length: 12 }, (_, i) => 20 * i),
    channels: 3,
    depth: 8,
  } as const;
  writeFileSync(join(root, 'cats', 'a.png'), encode(rgb));
  writeFileSync(
    join(root, 'dogs', 'b.png'),
    encode({ width: 2, height: 2, data: Uint8Array.of(9, 8, 7, 6), channels: 1, depth: 8 }),
  );
  const gray = new Uint8Array(16 * 16 * 4).fill(128);
  writeFileSync(join(root, 'dogs', 'c.JPG'), jpeg.encode({ width: 16, height: 16, data: gray }, 90).data);

  test('has its classes in alphabetical order and converts to the channels of the model', () => {
    const as = use({ inputShape: [2, 2, 3] });
    const read = readAll(source({ path: 'images', resize: 'bilinear' }), as, [0, 1, 2]);
    expect(read.targets).toEqual([0, 1, 1]);
    expect(read.inputs.slice(0, 12)).toEqual([...rgb.data]);
    expect(read.inputs.slice(12, 18)).toEqual([9, 9, 9, 8, 8, 8]);
    for (const value of read.inputs.slice(24)) expect(Math.abs(value - 128)).toBeLessThanOrEqual(2);
    expect(readAll(source({ path: 'images', resize: 'nearest' }), use(), [0]).inputs[0]).toBe(
      Math.round(0.587 * 20 + 0.114 * 40),
    );
  });

  test('names the image that has another size, or is none', () => {
    expect(() => readAll(source({ path: 'images' }), use({ inputShape: [2, 2, 3] }), [2])).toThrow(
      /c\.JPG is 16×16, but the model's input is 2×2; resize the images, or set `resize: bilinear`/,
    );
    mkdirSync(join(folder, 'broken', 'a'), { recursive: true });
    writeFileSync(join(folder, 'broken', 'a', 'x.png'), encode(rgb).subarray(0, 60));
    writeFileSync(
      join(folder, 'broken', 'a', 'y.jpg'),
      Uint8Array.from({ length: 99 }, (_, i) => i),
    );
    const as = use({ inputShape: [2, 2, 3] });
    expect(() => readAll(source({ path: 'broken' }), as, [0])).toThrow(
      /x\.png is not a PNG or JPEG image that can be read/,
    );
    expect(() => readAll(source({ path: 'broken' }), as, [1])).toThrow(
      /y\.jpg is not a PNG or JPEG image that can be read/,
    );
    mkdirSync(join(folder, 'empty'));
    expect(() => openDataset(source({ path: 'empty' }), as)).toThrow(
      /empty has no images; expected one folder a class/,
    );
  });
});
