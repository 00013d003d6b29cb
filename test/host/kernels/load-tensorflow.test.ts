// `backend: tensorflow` without the package, and with one that does not load: one sentence each.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { hasTensorFlow, loadTensorFlow } from '../../../host/kernels/load-tensorflow.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'quantlens-tensorflow-'));
  vi.stubEnv('QUANTLENS_TENSORFLOW', '');
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

function install(source: string): void {
  const home = join(folder, 'node_modules/@tensorflow/tfjs-node');
  mkdirSync(home, { recursive: true });
  writeFileSync(join(home, 'package.json'), '{ "name": "@tensorflow/tfjs-node", "main": "index.js" }');
  writeFileSync(join(home, 'index.js'), source);
}

it('says what to install', () => {
  expect(hasTensorFlow(folder)).toBe(false);
  expect(() => loadTensorFlow(folder)).toThrow(
    `\`backend: tensorflow\` needs the npm package @tensorflow/tfjs-node, which ${folder} does not have: install it there, or remove the key.`,
  );
});

it('says why a package does not load', () => {
  install("throw new Error('no binding\\nat line 1');");
  expect(hasTensorFlow(folder)).toBe(true);
  expect(() => loadTensorFlow(folder)).toThrow(
    '@tensorflow/tfjs-node is installed, but does not load (no binding): install it anew, or remove `backend: tensorflow`.',
  );
});

it('loads the package of the workspace', () => {
  install('module.exports = { version: 1 };');
  expect(loadTensorFlow(folder)).toEqual({ version: 1 });
});
