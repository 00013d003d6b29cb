// `simulate --signature` runs the subgraph of a signature.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeTfliteModel } from '../../engine/exporters/tflite.ts';
import { GraphBuilder } from '../../engine/graph/builder.ts';
import type { OpKind } from '../../engine/graph/op.ts';
import { readBytes } from '../../host/files/files.ts';
import { formatNpy, parseNpy } from '../../host/numpy/npy.ts';
import { quantlens } from './quantlens.ts';

const folder = mkdtempSync(join(tmpdir(), 'quantlens-signature-'));
const subgraphs = (['NEG', 'ABS'] as const satisfies readonly OpKind[]).map((kind) => {
  const builder = new GraphBuilder(kind);
  return builder.build([builder.op(kind, [builder.input('x', [1, 3])], {}, { name: 'y' })]);
});
const signatures = [
  { key: 'minus', subgraph: 0 },
  { key: 'size', subgraph: 1 },
  { key: 'gone', subgraph: 7 },
].map((signature) => ({ ...signature, inputs: [{ name: 'x', tensor: 0 }], outputs: [{ name: 'y', tensor: 1 }] }));
const model = { subgraphs, signatures, metadata: [], description: '', problems: [] };
writeFileSync(join(folder, 'm.tflite'), writeTfliteModel(model));
writeFileSync(
  join(folder, 'x.npy'),
  formatNpy({ type: 'f4', shape: [2, 3], data: Float32Array.of(1, -2, 3, -4, 5, -6) }),
);

const simulated = (...more: string[]) =>
  quantlens(folder, 'simulate', 'm.tflite', '--input', 'x.npy', '--output', 'y.npy', ...more);

test.each([
  [[], [-1, 2, -3, 4, -5, 6]],
  [
    ['--signature', 'minus'],
    [-1, 2, -3, 4, -5, 6],
  ],
  [
    ['--signature', 'size'],
    [1, 2, 3, 4, 5, 6],
  ],
  [
    ['--signature', 'size', '--threads', '2'],
    [1, 2, 3, 4, 5, 6],
  ],
])('%j', (parameters, values) => {
  expect(simulated(...parameters)).toMatchObject({ code: 0 });
  const file = join(folder, 'y.npy');
  expect([...parseNpy(readBytes(file), file).data]).toEqual(values);
});

test('says which there are', () => {
  expect(simulated('--signature', 'plus').stderr).toMatch(
    /m\.tflite has no signature "plus"; it has "minus", "size", "gone"\./,
  );
  expect(simulated('--signature', 'gone').stderr).toMatch(/"gone" names subgraph 7, but m\.tflite has 2/);
});
