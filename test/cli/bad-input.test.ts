// Every kind of bad input that a user may have: one sentence that names the file, layer or key and says what to do,
// exit code 2, no stack trace, and nothing on standard output.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { DIST, quantlens, type Result } from './quantlens.ts';
import { DIGITS, smallConfig, smallData } from './small-data.ts';

const small = smallData();
const { folder } = small;
small.npz('small.npz');
const keras = readFileSync(join(DIGITS, 'digits.keras'));
const npz = readFileSync(join(folder, 'small.npz'));
const random = Buffer.from(Array.from({ length: 4000 }, (_, i) => (i * i * 31 + i * 7) % 251));
const hdf5 = Buffer.concat([Buffer.from('\x89HDF\r\n\x1a\n', 'latin1'), random]);

// The library never comes to the end of this one: bytes of a list of names are 0.
const circle = readFileSync(join(import.meta.dirname, '../oracles/keras/model-files/nested-keras2.h5')).fill(
  0,
  7434,
  7474,
);

function expectRefusal({ code, stdout, stderr }: Result, message: RegExp): void {
  const own = stderr.split('\n').filter((line) => line !== '' && !/^(?:•| {2})/.test(line));
  expect(own).toEqual([expect.stringMatching(message)]);
  expect(stderr).not.toMatch(/\n\s+at |defect/);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
}

describe('a damaged model', () => {
  test.each([
    ['cut.keras', keras.subarray(0, 9000), /^error: cut\.keras is not a whole \.keras file/],
    ['random.keras', random, /^error: random\.keras is not a whole \.keras file/],
    ['cut.h5', hdf5.subarray(0, 700), /^error: cut\.h5 is not a whole HDF5 file/],
    ['circle.h5', circle, /^error: circle\.h5 is not a whole HDF5 file/],
    ['random.h5', random, /^error: random\.h5 is not a whole HDF5 file/],
    ['random.tflite', random, /^error: random\.tflite is not a \.tflite model/],
  ] as const)('%s', (name, bytes, message) => {
    writeFileSync(join(folder, name), bytes);
    expectRefusal(quantlens(folder, 'graph', name, '--json'), message);
    if (name.endsWith('.tflite')) return;
    small.config('model.quant.yaml', smallConfig(name));
    expectRefusal(quantlens(folder, 'quantize', 'model.quant.yaml', '--json'), message);
  });
});

test('a layer with no meaning here is named', () => {
  const layers = [
    { class_name: 'InputLayer', config: { name: 'x', batch_shape: [null, 8, 8, 1] }, inbound_nodes: [] },
    { class_name: 'WarpDrive', config: { name: 'warp' }, inbound_nodes: [[['x', 0, 0, {}]]] },
  ];
  const config = { name: 'm', layers, input_layers: [['x', 0, 0]], output_layers: [['warp', 0, 0]] };
  writeFileSync(
    join(folder, 'warp.json'),
    JSON.stringify({ class_name: 'Functional', config, keras_version: '2.15.0' }),
  );
  small.config('warp.quant.yaml', smallConfig('warp.json'));
  expectRefusal(quantlens(folder, 'quantize', 'warp.quant.yaml'), /^error: .*(?:"warp"|WarpDrive)/);
});

describe('data that does not fit', () => {
  const x = new Float32Array(192 * 64).fill(1);
  x[7 * 64 + 5] = Number.NaN;
  const labels = (bad: number) => Uint8Array.from({ length: 192 }, (_, i) => (i === 5 ? bad : i % 10));
  test.each([
    ['cut.npz', npz.subarray(0, npz.length / 2), /^error: cut\.npz is not a whole \.npz file/],
    ['random.npz', random, /^error: random\.npz is not a whole \.npz file/],
    [
      'shape.npz',
      { x_train: { type: 'u1', shape: [192, 9, 8, 1], data: new Uint8Array(192 * 72) } },
      /^error: shape\.npz has samples of shape 9×8×1, but the model's input is 8×8×1\./,
    ],
    [
      'label.npz',
      { y_train: { type: 'u1', shape: [192], data: labels(10) } },
      /^error: Label 5 of "y_train" in label\.npz is 10, but the model has 10 classes, 0 to 9\./,
    ],
    [
      'count.npz',
      { y_train: { type: 'u1', shape: [191], data: labels(0).subarray(1) } },
      /^error: "y_train" in count\.npz has 191 labels for 192 samples/,
    ],
    [
      'nan.npz',
      { x_train: { type: 'f4', shape: [192, 8, 8, 1], data: x } },
      /^error: Sample 7 of "x_train" in nan\.npz has a value that is not finite/,
    ],
    [
      'empty.npz',
      {
        x_train: { type: 'u1', shape: [0, 8, 8, 1], data: new Uint8Array(0) },
        y_train: { type: 'u1', shape: [0], data: new Uint8Array(0) },
      },
      /^error: empty\.npz has no samples\./,
    ],
  ] as const)('%s', (name, content, message) => {
    if (Buffer.isBuffer(content)) writeFileSync(join(folder, name), content);
    else small.npz(name, content as Parameters<typeof small.npz>[1]);
    small.config('data.quant.yaml', smallConfig(undefined, name));
    expectRefusal(quantlens(folder, 'quantize', 'data.quant.yaml', '--json'), message);
  });
});

// A limit on the size of files stands in for a full disk: the same calls fail, with another reason of the system's.
test.skipIf(process.platform === 'win32')('a disk that takes no more leaves the run as it was', () => {
  small.config('full.quant.yaml', smallConfig(undefined, 'small.npz', 'training: { epochs: 1 }\n'));
  const command = `ulimit -f 20; exec "${process.execPath}" "${join(DIST, 'cli.mjs')}" train full.quant.yaml --json`;
  const runs = join(folder, '.quantlens', 'runs');
  const before = new Set(existsSync(runs) ? readdirSync(runs) : []);
  const { status, stdout, stderr } = spawnSync('bash', ['-c', command], { cwd: folder, encoding: 'utf8' });
  expectRefusal(
    { code: status, stdout, stderr },
    /^error: \S+ cannot be written: .+ What was there before is unchanged\./,
  );
  const [run] = readdirSync(runs).filter((name) => !before.has(name));
  expect(JSON.parse(readFileSync(join(runs, run, 'run.json'), 'utf8'))).toMatchObject({ status: 'failed', files: [] });
  expect(readdirSync(join(runs, run)).filter((name) => name.endsWith('.part'))).toEqual([]);
});
