// What LiteRT's reference softmax does not survive: 512 and more classes that are nearly equal.
import { expect, it } from 'vitest';
import { createSimulator } from '../../../engine/simulator/simulator.ts';

function softmaxOf(classes: number) {
  const grid = (scale: number, zeroPoint: number) => ({
    scales: Float32Array.of(scale),
    zeroPoints: Int32Array.of(zeroPoint),
    axis: null,
  });
  const tensor = (name: string, scale: number, zeroPoint: number) =>
    ({ name, dtype: 'int8', shape: [1, classes], quantization: grid(scale, zeroPoint) }) as const;
  const graph = {
    name: 'classes',
    tensors: [tensor('logits', 0.1, 0), tensor('answers', 1 / 256, -128)],
    ops: [{ kind: 'SOFTMAX', name: 'answers', layers: [], inputs: [0], outputs: [1], options: { beta: 1 } }],
    inputs: [0],
    outputs: [1],
  } as const;
  return createSimulator(graph);
}

it('warns of it, and gives each the lowest code', () => {
  const simulator = softmaxOf(1000);
  expect(simulator.warnings[0]).toMatch(/512 or more of its 1000 classes are nearly equal/);
  simulator.run([new Int8Array(1000)]);
  expect(new Set(simulator.outputs()[0].data as Int8Array)).toEqual(new Set([-128]));
});

it('says nothing of fewer classes', () => {
  const simulator = softmaxOf(10);
  expect(simulator.warnings).toEqual([]);
  simulator.run([new Int8Array(10)]);
  expect(new Set(simulator.outputs()[0].data as Int8Array)).toEqual(new Set([-102]));
});
