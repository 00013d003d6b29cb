// The catalogue's arguments against the signatures of real Keras 2 and 3 (test/oracles/keras/signatures.py).
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parametersOf } from '../../../../engine/keras/catalogue/arguments.ts';
import { LAYERS, layerSpec } from '../../../../engine/keras/catalogue/catalogue.ts';
import type { KerasVersion } from '../../../../engine/keras/catalogue/layer-spec.ts';

interface Signature {
  readonly class: string;
  readonly parameters: readonly (readonly [name: string, value?: unknown, keyword?: string])[];
}
const oracle = JSON.parse(
  readFileSync(new URL('../../../oracles/keras/signatures.json', import.meta.url), 'utf8'),
) as Record<KerasVersion, Record<string, Signature>>;

describe.each([2, 3] as const)('Keras %i', (version) => {
  it.each(Object.entries(oracle[version]))('%s', (name, { class: className, parameters }) => {
    const spec = layerSpec(name, version);
    expect(spec?.class).toBe(className);
    const found = parametersOf(spec!, version).map((parameter) =>
      parameter.default === undefined ? [parameter.name] : [parameter.name, parameter.default],
    );
    expect(found).toEqual(parameters.map(([parameter, ...value]) => [parameter, ...value.slice(0, 1)]));
  });

  it('has no layer that Keras does not have', () => {
    const known = new Set(Object.values(oracle[version]).map((signature) => signature.class));
    const ours = LAYERS.filter((spec) => spec.only === undefined || spec.only === version);
    expect(ours.map((spec) => spec.class).filter((name) => !known.has(name))).toEqual([]);
  });
});

it('documents each layer in one line', () => {
  for (const { documentation } of LAYERS) expect(documentation).toMatch(/^[^\n]{10,120}\.$/);
});
