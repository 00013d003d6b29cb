// Wrong use of the command line: exit 2 and what was expected.

import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { quantlens } from './quantlens.ts';

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

test('help and version are exit 0', () => {
  expect(quantlens(folder, '--version')).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
  expect(quantlens(folder, 'train', '--help').code).toBe(0);
});
