// Wrong use of the command line: exit 2 and what was expected.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { DIST, quantlens } from './quantlens.ts';

const folder = mkdtempSync(join(tmpdir(), 'quantlens-use-'));

describe('wrong use is exit 2 and words on standard error', () => {
  test.each([
    [['expot'], /error: unknown command 'expot'\n\(Did you mean export\?\)/],
    [['train'], /^error: `quantlens train` needs a config \(\*\.quant\.yaml\), or --resume with a run\.\n$/],
    [['quantize'], /error: missing required argument 'config'/],
    [['export', 'x', '--format', 'onnx'], /Allowed choices are tflite, c, keras/],
    [['inspect', 'nothing'], /^error: There is no run "nothing" in \.quantlens\/runs\. There are no runs yet\.\n$/],
    [['train', 'none.quant.yaml'], /^error: none\.quant\.yaml cannot be read: there is no such file or folder\.\n$/],
  ])('%j', (parameters, message) => {
    const { code, stdout, stderr } = quantlens(folder, ...parameters);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  test('a wrong config has its line and column', () => {
    writeFileSync(join(folder, 'a.quant.yaml'), 'model: a.h5\ntraining:\n  epoch: 3\n  batch: x\n');
    const { code, stderr } = quantlens(folder, 'train', 'a.quant.yaml');
    expect(code).toBe(2);
    expect(stderr).toBe(
      'error: a.quant.yaml:3:3: `epoch` is not a key of `training`. Did you mean `epochs`? (1 more problem in the file.)\n',
    );
  });
});

test('a reader that has enough of the output ends it in silence', () => {
  const layer = (n: number) => ({ class_name: 'Dense', config: { name: `d${n}`, units: 1 } });
  const layers = [
    { class_name: 'InputLayer', config: { name: 'x', batch_shape: [null, 1] } },
    ...Array.from({ length: 2000 }, (_, n) => layer(n)),
  ];
  const model = { class_name: 'Sequential', config: { name: 'long', layers }, keras_version: '2.15.0' };
  writeFileSync(join(folder, 'long.json'), JSON.stringify(model));
  const command = `"${process.execPath}" "${join(DIST, 'cli.mjs')}" graph long.json | head -n 1; exit "\${PIPESTATUS[0]}"`;
  const { status, stdout, stderr } = spawnSync('bash', ['-c', command], { cwd: folder, encoding: 'utf8' });
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: 'Model: "long"\n', stderr: '' });
});

describe('a file that only defines functions that build models', () => {
  writeFileSync(
    join(folder, 'builders.py'),
    'from tensorflow import keras\n\ndef net(units=4):\n    x = keras.Input((4,))\n    return keras.Model(x, keras.layers.Dense(units, activation="selu")(x))\n',
  );

  test('is told how to be shown', () => {
    expect(quantlens(folder, 'graph', 'builders.py')).toMatchObject({
      code: 0,
      stdout:
        'No model was found. The file only defines functions that build one: say which to call with --entry "net()".\n',
    });
    expect(quantlens(folder, 'graph', 'builders.py', '--entry', 'net()').stdout).toMatch(/dense \(Dense\)/);
  });

  test('is checked by what they build', () => {
    const { stdout } = quantlens(folder, 'check', 'builders.py', '--json');
    const { files } = JSON.parse(stdout) as { files: { findings: { rule: string; line: number }[] }[] };
    expect(files[0].findings).toContainEqual(expect.objectContaining({ rule: 'stays-float', line: 5 }));
  });
});

test('help and version are exit 0', () => {
  expect(quantlens(folder, '--version')).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
  for (const command of ['graph', 'check', 'quantize', 'train', 'simulate', 'inspect', 'compare', 'export', 'doctor']) {
    expect(quantlens(folder, command, '--help')).toMatchObject({ code: 0, stdout: expect.stringContaining('--json') });
  }
});
