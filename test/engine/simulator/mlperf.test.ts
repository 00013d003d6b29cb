// The MLPerf Tiny int8 models against LiteRT 2.3.0: every intermediate tensor by the reference kernels, the outputs by both.
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { readTflite } from '../../../engine/importers/tflite.ts';
import type { KernelSetName } from '../../../engine/simulator/kernel-sets.ts';
import { createSimulator } from '../../../engine/simulator/simulator.ts';
import type { NumpyArray } from '../../../host/numpy/npy.ts';
import { type NpzFile, openNpz } from '../../../host/numpy/npz.ts';
import { describeWithShared, shared } from '../../shared.ts';

const MODELS = [
  { name: 'ic_resnet8_int8', oracle: 'resnet8_int8' },
  { name: 'kws_dscnn_int8', oracle: 'kws_int8' },
];

const open = (name: string, kernels: KernelSetName) =>
  createSimulator(readTflite(readFileSync(shared('data/mlperf_tiny', `${name}.tflite`))).subgraphs[0], { kernels });

const arrays = (path: string): NpzFile => openNpz(shared('data', path));

/** The input codes of both models are int8; images are stored as uint8, 128 above. */
function codes({ data }: NumpyArray, index: number, size: number): Int8Array {
  const values = (data as Int8Array | Uint8Array).subarray(index * size, (index + 1) * size);
  return Int8Array.from(values, (value) => (data instanceof Uint8Array ? value - 128 : value));
}

function differing(a: ArrayLike<unknown>, b: ArrayLike<unknown>): number {
  let count = Math.abs(a.length - b.length);
  for (let i = 0; i < Math.min(a.length, b.length); i++) if (a[i] !== b[i]) count++;
  return count;
}

for (const { name, oracle } of MODELS) {
  describeWithShared(`${name} is LiteRT's to the bit`, `data/oracles/${oracle}_layers_ref.npz`, () => {
    it('on every intermediate tensor, reference kernels', () => {
      const layers = arrays(`oracles/${oracle}_layers_ref.npz`);
      const simulator = open(name, 'reference');
      let compared = 0;
      for (let image = 0; layers.names.includes(`img${image}_input`); image++) {
        const input = layers.read(`img${image}_input`);
        simulator.run([codes(input, 0, input.data.length)]);
        simulator.graph.ops.forEach((op, i) => {
          const key = `img${image}_op${String(i).padStart(2, '0')}_${op.kind}`;
          const expected = layers.read(key);
          expect(simulator.tensor(op.outputs[0]).shape).toEqual(expected.shape);
          expect({
            key,
            differing: differing(simulator.tensor(op.outputs[0]).data, expected.data as Int8Array),
          }).toEqual({ key, differing: 0 });
          compared += expected.data.length;
        });
      }
      expect(compared).toBeGreaterThan(10_000);
    });

    for (const [kernels, key] of [
      ['reference', 'out_ref'],
      ['xnnpack', 'out_xnnpack'],
    ] as const) {
      it(`on the outputs of 200 inputs, ${kernels}`, () => {
        const results = arrays(`oracles/${oracle}_first200.npz`);
        const inputs = (results.names.includes('x') ? results : arrays('kws_perf1000.npz')).read('x');
        const expected = results.read(key);
        const simulator = open(name, kernels);
        const [size, outputs] = [simulator.inputs[0].size, expected.shape[1]];
        let wrong = 0;
        for (let i = 0; i < 200; i++) {
          simulator.run([codes(inputs, i, size)]);
          wrong += differing(
            simulator.outputs()[0].data,
            (expected.data as Int8Array).subarray(i * outputs, (i + 1) * outputs),
          );
        }
        expect(wrong).toBe(0);
      });
    }
  });
}
