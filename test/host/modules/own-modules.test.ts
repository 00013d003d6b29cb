// Modules of the user's own: loaded where that is trusted, and one sentence for each that cannot be.

import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadConfig } from '../../../host/config/load-config.ts';
import { loadOwnModules } from '../../../host/modules/own-modules.ts';

const folder = mkdtempSync(join(tmpdir(), 'quantlens-own-'));
const write = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const OBSERVER = `export default { kind: 'observer', stateSize: () => 2, start() {}, observe() {}, ranges: () => [] };`;
write('three-sigma.mjs', OBSERVER);
write('lacking.mjs', `export default { kind: 'observer', stateSize: () => 2 };`);
write('throws.mjs', `throw new Error('no such table');`);
write('syntax.mjs', `export default {`);
write('imports.mjs', `import './gone.mjs';`);
write('typed.mts', `export default ({ kind: 'layer' } as object);`);
write('swish.mjs', `export default { kind: 'layer', outputShape: ([shape]) => shape, compose: () => 0 };`);

const config = (rest: string) => loadConfig(write('own.quant.yaml', `model: m.keras\n${rest}`));
const observer = (path: string) => config(`quantization: { activations: { observer: ${path} } }\n`);

test('loads each module by the key that names it', async () => {
  const loaded = config(`layers: { Swish2: swish.mjs }
quantization:
  weights: { observer: mse }
  overrides: [{ match: 'conv*', activations: { observer: ./three-sigma.mjs } }]
`);
  const { algorithms, layers } = await loadOwnModules(loaded, true);
  expect([...algorithms.keys()]).toEqual(['./three-sigma.mjs']);
  expect(algorithms.get('./three-sigma.mjs')?.algorithm.kind).toBe('observer');
  expect([...layers.keys()]).toEqual(['Swish2']);
});

test('runs nothing that is not trusted', async () => {
  await expect(loadOwnModules(observer('throws.mjs'), false)).rejects.toThrow(
    '`quantization.activations.observer` names the module throws.mjs, which is code that would run; trust this workspace first, or take the key out.',
  );
  expect((await loadOwnModules(config(''), false)).algorithms.size).toBe(0);
});

test.each([
  ['gone.mjs', /gone\.mjs cannot be loaded: there is no such file\.$/],
  ['throws.mjs', /throws\.mjs cannot be loaded: no such table \(in throws\.mjs or what it imports\)\.$/],
  ['syntax.mjs', /syntax\.mjs cannot be loaded: .+\.$/],
  ['imports.mjs', /imports\.mjs cannot be loaded: .*gone\.mjs.*\.$/],
  ['lacking.mjs', /The observer of .*lacking\.mjs lacks the functions start, observe, ranges\./],
  ['swish.mjs', /must have a default export of kind "observer"; it has the kind "layer"/],
])('says what is wrong with %s', async (name, message) => {
  const loading = loadOwnModules(observer(name), true);
  await expect(loading).rejects.toThrow(message);
  await expect(loading).rejects.toMatchObject({ name: 'InputError' });
});

test('TypeScript is loaded by a Node that can, and refused in words by another', async () => {
  const message =
    !('typescript' in process.features) || process.features.typescript === false
      ? /typed\.mts is TypeScript, which Node runs from 22\.18 on; this is Node \d+/
      : /typed\.mts must have a default export of kind "observer"/;
  await expect(loadOwnModules(observer('typed.mts'), true)).rejects.toThrow(message);
});
