// The simulator's instruments: run from any tensor, variables that stream, where two models part, saturation and accumulators, and
// models of which a part does not run or whose quantization LiteRT refuses.
import { describe, expect, it } from 'vitest';
import { writeTfliteModel } from '../../../engine/exporters/tflite.ts';
import type { Graph } from '../../../engine/graph/graph.ts';
import type { Op } from '../../../engine/graph/op.ts';
import type { Tensor } from '../../../engine/graph/tensor.ts';
import { readTflite } from '../../../engine/importers/tflite.ts';
import { createSimulator } from '../../../engine/simulator/simulator.ts';
import { diffModels } from '../../../host/simulation/diff-models.ts';
import { openSimulator } from '../../../host/simulation/open-simulator.ts';
import { type NamedArray, simulateArrays } from '../../../host/simulation/simulate-arrays.ts';
import { measureLayers } from '../../../host/simulation/statistics.ts';
import { modelBytes, readCases } from '../../oracles/litert/cases.ts';

const cases = (file: string) => readCases(new URL(`../../oracles/litert/${file}`, import.meta.url));
const grid = (scale: number, zeroPoint: number) => ({
  scales: Float32Array.of(scale),
  zeroPoints: Int32Array.of(zeroPoint),
  axis: null,
});
const tensor = (
  name: string,
  shape: number[],
  scale: number,
  zeroPoint: number,
  more: Partial<Tensor> = {},
): Tensor => ({
  name,
  dtype: 'int8',
  shape,
  quantization: grid(scale, zeroPoint),
  ...more,
});

/** Two dense layers of integers that one can add up by hand: codes are values. */
function dense(first: readonly number[], bias: number): Graph {
  const layer = (name: string, inputs: number[], output: number): Op => ({
    kind: 'FULLY_CONNECTED',
    name,
    layers: [],
    inputs,
    outputs: [output],
    options: { activation: 'NONE', keepNumDims: false, asymmetricQuantizeInputs: false, quantizedBiasType: 'FLOAT32' },
  });
  return {
    name: 'dense',
    tensors: [
      tensor('x', [1, 4], 1, 0),
      tensor('w1', [1, 4], 1, 0, { data: Int8Array.from(first), isWeight: true }),
      tensor('b1', [1], 1, 0, { dtype: 'int32', data: Int32Array.of(bias) }),
      tensor('hidden', [1, 1], 1, 0),
      tensor('w2', [2, 1], 1, 0, { data: Int8Array.of(1, 50), isWeight: true }),
      tensor('answers', [1, 2], 1, 0),
    ],
    ops: [layer('hidden', [0, 1, 2], 3), layer('answers', [3, 4], 5)],
    inputs: [0],
    outputs: [5],
  };
}

const array = (rows: readonly number[][]): NamedArray => ({
  name: 'x.npy',
  array: { type: 'i1', shape: [rows.length, rows[0].length], data: Int8Array.from(rows.flat()) },
});

describe('from any tensor', () => {
  it('what depends on it is computed anew, what comes before is not', () => {
    const simulator = openSimulator([dense([1, 2, 3, 4], 5)], 'reference');
    const whole = simulateArrays(simulator, [array([[1, 1, 1, 1]])], { allTensors: false });
    expect([...whole.outputs[0].data]).toEqual([15, 127]);
    const from = simulateArrays(simulator, [array([[2]])], { allTensors: true, from: 3 });
    expect([...from.outputs[0].data]).toEqual([2, 100]);
    expect([...(from.tensors.get(3)?.data ?? [])]).toEqual([2]);
  });

  it('every tensor of a network: the outputs stay what they are', () => {
    const [test] = cases('networks.jsonl.gz').filter(({ name }) => name.startsWith('network int8'));
    const { subgraphs } = readTflite(modelBytes(test));
    const simulator = createSimulator(subgraphs[0], { subgraphs });
    simulator.run(simulator.inputs.map(({ size }) => Int8Array.from({ length: size }, (_, i) => (i * 37) % 101)));
    const outputs = () => simulator.outputs().map(({ data }) => [...(data as Int8Array)]);
    const wanted = outputs();
    const places = subgraphs[0].ops.flatMap((op) => op.outputs);
    for (const id of places) {
      const value = simulator.tensor(id).data.slice();
      simulator.runFrom(new Map([[id, value]]));
      expect(outputs()).toEqual(wanted);
    }
    expect(places.length).toBeGreaterThan(3);
  });
});

describe('variables', () => {
  const [test] = cases('ops.jsonl.gz').filter(({ name, error }) => name.startsWith('SVDF int8') && error === undefined);
  const { subgraphs } = readTflite(modelBytes(test));
  const simulator = openSimulator(subgraphs, 'reference');
  const size = simulator.inputs[0].size;
  const twice = Array.from({ length: 2 }, () => Array.from({ length: size }, (_, i) => ((i * 31) % 90) - 20));
  const input: NamedArray = {
    name: 'x',
    array: { type: 'i1', shape: [2, ...simulator.inputs[0].shape], data: Int8Array.from(twice.flat()) },
  };
  const rows = (stream: boolean): number[][] => {
    const { outputs } = simulateArrays(simulator, [input], { allTensors: false, stream });
    const data = [...(outputs[0].data as Int8Array)];
    return [data.slice(0, data.length / 2), data.slice(data.length / 2)];
  };

  it('start fresh for each sample', () => {
    const [first, second] = rows(false);
    expect(second).toEqual(first);
  });

  it('keep their values where they stream', () => {
    const [first, second] = rows(true);
    expect(first).toEqual(rows(false)[0]);
    simulator.run([Int8Array.from(twice[0])]);
    simulator.run([Int8Array.from(twice[1])], { keepState: true });
    expect(second).toEqual([...(simulator.outputs()[0].data as Int8Array)]);
    expect(simulator.tensor(subgraphs[0].ops[0].inputs[4]!).data.some((value) => Number(value) !== 0)).toBe(true);
  });
});

describe('two models', () => {
  const side = (graph: Graph) => ({ name: graph.name, simulator: openSimulator([graph], 'reference') });
  const inputs = [
    array([
      [0, 0, 0, 0],
      [1, 1, 1, 1],
    ]),
  ];

  it('are equal', () => {
    const found = diffModels(side(dense([1, 2, 3, 4], 5)), side(dense([1, 2, 3, 4], 5)), inputs);
    expect(found).toEqual({ samples: 2, compared: 2, first: null });
  });

  it('part at the first tensor that differs, in the first sample that shows it', () => {
    const found = diffModels(side(dense([1, 2, 3, 4], 5)), side(dense([1, 2, 3, 9], 5)), inputs);
    expect(found.first).toMatchObject({
      sample: 1,
      left: { tensor: 3, name: 'hidden' },
      differing: 1,
      size: 1,
      largest: 5,
    });
  });
});

describe('statistics', () => {
  it('saturated codes and the bits of accumulators', () => {
    const simulator = openSimulator([dense([1, 2, 3, 4], 5)], 'reference');
    const [hidden, answers] = measureLayers(simulator, [
      array([
        [1, 1, 1, 1],
        [-3, 0, 0, 0],
      ]),
    ]);
    // 10 + 5 and −3 + 5: the largest has 4 bits and a sign; 10 · 128 + 5 at worst.
    expect(hidden).toMatchObject({
      name: 'hidden',
      saturated: 0,
      accumulatorBits: 5,
      worstBits: 12,
      canOverflow: false,
    });
    // 15 · 50 saturates one of four codes.
    expect(answers).toMatchObject({ saturated: 0.25, accumulatorBits: 11 });
  });

  it('names a layer whose accumulator could overflow 32 bits', () => {
    const simulator = openSimulator([dense([127, 127, 127, 127], 2 ** 31 - 1000)], 'reference');
    const [hidden] = measureLayers(simulator, [array([[0, 0, 0, 0]])]);
    expect(hidden).toMatchObject({ canOverflow: true, saturated: 1 });
  });
});

describe('a model of which a part does not run', () => {
  it('names the op by its number and tensor, and runs the rest', () => {
    const graph = dense([1, 2, 3, 4], 5);
    const unknown: Op = {
      kind: 'UNSUPPORTED',
      name: 'answers',
      layers: [],
      inputs: [3],
      outputs: [5],
      options: { operator: 'custom operator "MyOp"', reason: 'QuantLens has no kernel for it' },
    };
    const simulator = openSimulator([{ ...graph, ops: [graph.ops[0], unknown] }], 'reference');
    expect(simulator.stops.map(({ index, message }) => ({ index, message }))).toEqual([
      {
        index: 1,
        message:
          'Operator 1 (custom operator "MyOp") that computes "answers" cannot run: custom operator "MyOp": QuantLens has no kernel for it.',
      },
    ]);
    const { tensors, outputs } = simulateArrays(simulator, [array([[1, 1, 1, 1]])], { allTensors: true });
    expect([...(tensors.get(3)?.data ?? [])]).toEqual([15]);
    expect(outputs).toEqual([]);
  });

  it('says which tensor has quantization that LiteRT refuses, by which rule, and what would mend it', () => {
    const graph = dense([1, 2, 3, 4], 5);
    // As tflite-micro's person detection has them: a bias with the axis of its depthwise weights.
    const tensors = graph.tensors.with(1, {
      ...graph.tensors[1],
      shape: [1, 4],
      quantization: { scales: Float32Array.of(1, 1, 1, 1), zeroPoints: new Int32Array(4), axis: 3 },
    });
    const model = { subgraphs: [{ ...graph, tensors }], signatures: [], metadata: [], description: '' };
    expect(readTflite(writeTfliteModel(model)).problems).toEqual([
      {
        subgraph: 0,
        tensor: 1,
        name: 'w1',
        rule: 'it has 4 scales along axis 3, but its shape is 1×4: LiteRT wants one scale for each index of that axis',
        mend: 'set quantized_dimension to 1, the axis that has 4 indices',
      },
    ]);
  });

  it('keeps signatures and metadata through import and export', () => {
    const model = {
      subgraphs: [dense([1, 2, 3, 4], 5), dense([1, 1, 1, 1], 0)],
      signatures: [
        {
          key: 'serving_default',
          subgraph: 1,
          inputs: [{ name: 'image', tensor: 0 }],
          outputs: [{ name: 'scores', tensor: 5 }],
        },
      ],
      metadata: [{ name: 'min_runtime_version', data: Uint8Array.of(49, 46, 53) }],
      description: 'two graphs',
    };
    const read = readTflite(writeTfliteModel(model));
    expect({ ...read, subgraphs: read.subgraphs.length }).toMatchObject({ ...model, subgraphs: 2 });
  });
});
