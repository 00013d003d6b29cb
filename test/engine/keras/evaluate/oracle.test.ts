// Models of many styles against what Keras itself built of the same files (test/oracles/keras/source_models.py).

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { KerasLayer } from '../../../../engine/keras/model.ts';
import { parameterCount } from '../../../../engine/keras/model.ts';
import { derive, modelNamed } from './derive.ts';

const SOURCES = join(import.meta.dirname, '../../../oracles/keras/sources');

type Row = readonly [name: string, className: string, shape: unknown, params: number, inbound: readonly string[]];

const row = (layer: KerasLayer): Row => [
  layer.name,
  layer.class,
  layer.outputShape,
  parameterCount(layer) ?? 0,
  layer.calls[0]?.inputs.map(({ layer: from }) => from) ?? [],
];

describe.each([
  ['blocks', 2],
  ['wiring', 2],
  ['tfmot', 2],
  ['styles', 2],
  ['keras3', 3],
] as const)('%s.py', (name, kerasVersion) => {
  const text = readFileSync(join(SOURCES, `${name}.py`), 'utf8');
  const oracle = JSON.parse(readFileSync(join(SOURCES, `${name}.json`), 'utf8')) as {
    readonly [variable: string]: readonly Row[];
  };
  it.each(Object.keys(oracle))('%s has the layers, names, shapes, parameters and wiring of Keras', async (variable) => {
    const model = modelNamed(await derive(text, { kerasVersion }), variable);
    expect(model.complete).toBe(true);
    expect(model.layers.map(row)).toEqual(oracle[variable]);
  });
});
