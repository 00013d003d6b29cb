// A target of the user's own, in a file: what it cannot run stays float, in training as in the file.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { json, quantlens } from './quantlens.ts';
import { smallConfig, smallData } from './small-data.ts';

const small = smallData();
small.npz('small.npz');

test('a .tflite for a target without integer MEAN has a float island there', () => {
  writeFileSync(
    join(small.folder, 'chip.yaml'),
    'name: chip\nsource: its data sheet\nbase: tflite-int8\nrunsFloat: true\nops:\n  MEAN: { support: float, reason: the chip has no integer MEAN }\n',
  );
  small.config('chip.quant.yaml', smallConfig(undefined, 'small.npz', 'target: chip.yaml\n'));
  const result = quantlens(small.folder, 'quantize', 'chip.quant.yaml', '--json');
  expect(result.stderr).not.toMatch(/^error/m);
  expect(result.code).toBe(0);
  const { run } = json(result) as { run: string };
  const graph = json(quantlens(small.folder, 'graph', join(run, 'ptq.tflite'), '--json')) as {
    subgraphs: { ops: { op: string }[] }[];
  };
  const ops = graph.subgraphs[0].ops.map(({ op }) => op);
  expect(ops.slice(ops.indexOf('MEAN') - 1, ops.indexOf('MEAN') + 2)).toEqual(['DEQUANTIZE', 'MEAN', 'QUANTIZE']);
});

test('a target that is not there, or a name that is near one, is one sentence', () => {
  small.config('none.quant.yaml', smallConfig(undefined, 'small.npz', 'target: none.yaml\n'));
  expect(quantlens(small.folder, 'quantize', 'none.quant.yaml')).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/none\.yaml cannot be read: there is no such file or folder\.\n$/),
  });
  small.config('near.quant.yaml', smallConfig(undefined, 'small.npz', 'target: tflite-int\n'));
  expect(quantlens(small.folder, 'quantize', 'near.quant.yaml').stderr).toMatch(
    /`target` is the text "tflite-int"; expected one of .+, or a \.yaml or \.json file\. Did you mean `tflite-int8`\?/,
  );
});
