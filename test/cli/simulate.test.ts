// `quantlens simulate` through the built command line, against what LiteRT computed.
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { formatNpy, parseNpy } from '../../host/numpy/npy.ts';
import { openNpz } from '../../host/numpy/npz.ts';
import { describeWithShared, shared } from '../shared.ts';
import { json, quantlens } from './quantlens.ts';

const MODEL = shared('data', 'mlperf_tiny', 'ic_resnet8_int8.tflite');
const ORACLE = shared('data', 'oracles', 'resnet8_int8_first200.npz');

describeWithShared('quantlens simulate', 'data/oracles/resnet8_int8_first200.npz', () => {
  const folder = mkdtempSync(join(tmpdir(), 'quantlens-simulate-'));
  const count = 6;
  const images = openNpz(ORACLE)
    .read('x')
    .data.slice(0, count * 3072);
  const reference = [
    ...openNpz(ORACLE)
      .read('out_ref')
      .data.slice(0, count * 10),
  ];
  const write = (name: string, array: Parameters<typeof formatNpy>[0]) =>
    writeFileSync(join(folder, name), formatNpy(array));
  write('real.npy', { type: 'f4', shape: [count, 32, 32, 3], data: Float32Array.from(images as Uint8Array) });
  write('codes.npy', {
    type: 'i4',
    shape: [count, 32, 32, 3],
    data: Int32Array.from(images as Uint8Array, (x) => x - 128),
  });

  test('equals LiteRT for real inputs and for codes, in .npy and .npz', () => {
    const real = quantlens(folder, 'simulate', MODEL, '--input', 'real.npy', '--output', 'a.npy', '--json');
    expect(real).toMatchObject({ code: 0 });
    expect(json(real)).toMatchObject({ kernels: 'reference', inputs: count, inferencesPerSecond: expect.any(Number) });
    const output = parseNpy(readFileSync(join(folder, 'a.npy')), 'a.npy');
    expect(output).toMatchObject({ type: 'i1', shape: [count, 10] });
    expect([...output.data]).toEqual(reference);
    expect(quantlens(folder, 'simulate', MODEL, '--input', 'codes.npy', '--output', 'b.npz').code).toBe(0);
    expect(openNpz(join(folder, 'b.npz')).names).toEqual(['output_0']);
    expect([...openNpz(join(folder, 'b.npz')).read('output_0').data]).toEqual(reference);
  });

  test('keeps every tensor by its index in the file', () => {
    quantlens(folder, 'simulate', MODEL, '--input', 'codes.npy', '--all-tensors', 'all.npz');
    const all = openNpz(join(folder, 'all.npz'));
    expect(all.names).toContain('tensor_0');
    expect(all.read('tensor_0').shape).toEqual([count, 1, 32, 32, 3]);
  });

  test('says what does not fit', () => {
    write('small.npy', { type: 'f4', shape: [2, 8, 8, 3], data: new Float32Array(384) });
    write('bytes.npy', { type: 'u1', shape: [1, 32, 32, 3], data: new Uint8Array(3072).fill(200) });
    for (const [parameters, message] of [
      [['--input', 'small.npy'], /small\.npy has samples of 8×8×3, but the model's input ".+" is 1×32×32×3/],
      [
        ['--input', 'bytes.npy'],
        /Sample 0 of bytes\.npy has 200 at element 0, but ".+" holds int8 codes from -128 to 127/,
      ],
      [['--input', 'real.npy', '--output', 'a.csv'], /--output is a\.csv; expected a name that ends in \.npy or \.npz/],
      [['--input', 'real.npy', '--input', 'real.npy'], /has 1 inputs \(".+"\), but 2 were given/],
      [['--input', 'none.npy'], /none\.npy cannot be read: there is no such file/],
    ] as const) {
      const { code, stderr } = quantlens(folder, 'simulate', MODEL, ...parameters);
      expect(stderr).toMatch(message);
      expect(code).toBe(2);
    }
  });

  test('a damaged model is one sentence', () => {
    const whole = readFileSync(MODEL);
    for (const length of [0, 7, 8, 100, 5000, whole.length - 10_000]) {
      writeFileSync(join(folder, 'cut.tflite'), whole.subarray(0, length));
      const { code, stderr } = quantlens(folder, 'simulate', 'cut.tflite', '--input', 'real.npy');
      expect(stderr).toMatch(/^error: [^\n]+\n$/);
      expect(stderr).not.toMatch(/defect/);
      expect(code).toBe(2);
    }
  });
});
