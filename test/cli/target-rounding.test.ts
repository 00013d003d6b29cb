// A target file's demands on numbers, in what is trained, written and scored: powers of two, accumulator bits, rounding.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Graph } from '../../engine/graph/graph.ts';
import { readTflite } from '../../engine/importers/tflite.ts';
import { accumulatorBits } from '../../engine/quantization/accumulator-bits.ts';
import { json, quantlens } from './quantlens.ts';
import { smallConfig, smallData } from './small-data.ts';

const small = smallData();
small.npz('small.npz');
const TRAINING =
  'floatTraining: { epochs: 6, learningRate: 1e-2, batch: 32 }\ntraining: { epochs: 2, batch: 32, learningRate: 1e-3 }\n';

function trained(name: string, numbers: string) {
  writeFileSync(
    join(small.folder, `${name}.yaml`),
    `name: ${name}\nsource: its data sheet\nbase: tflite-int8\nrunsFloat: true\nnumbers: ${numbers}\n`,
  );
  small.config(`${name}.quant.yaml`, smallConfig(undefined, 'small.npz', `${TRAINING}target: ${name}.yaml\n`));
  const result = quantlens(small.folder, 'train', `${name}.quant.yaml`, '--json');
  expect(result.code).toBe(0);
  const { run, qat } = json(result) as { run: string; qat: { accuracy: number; fakeQuantAccuracy: number } };
  const graph: Graph = readTflite(readFileSync(join(run, 'qat.tflite'))).subgraphs[0];
  return { result, graph, qat, record: JSON.parse(readFileSync(join(run, 'run.json'), 'utf8')) };
}

test('every scale is a power of two and no accumulator needs more bits than there are', () => {
  const { graph } = trained('shifter', '{ powerOfTwoScales: true, accumulatorBits: 20, symmetricActivations: true }');
  for (const { name, quantization, dtype } of graph.tensors) {
    if (!quantization || dtype === 'int32') continue;
    // A sigmoid's and a softmax's own scale is a power of two, with a zero point that kernels fix.
    for (const scale of quantization.scales) expect(Math.log2(scale), name).toBe(Math.round(Math.log2(scale)));
  }
  const bits = graph.ops.flatMap((op) => accumulatorBits(graph, op) ?? []);
  expect(bits.length).toBeGreaterThan(3);
  expect(Math.max(...bits)).toBeLessThanOrEqual(20);
}, 240_000);

test('hardware that rounds toward zero is trained for and scored as such', () => {
  const { result, qat, record } = trained('cutter', '{ rounding: toward-zero }');
  expect(result.stderr).toMatch(/QAT integer model on 64 samples \(toward-zero kernels\)/);
  expect(record.kernels).toBe('toward-zero');
  expect(Math.abs(qat.accuracy - qat.fakeQuantAccuracy)).toBeLessThan(0.06);
}, 240_000);
