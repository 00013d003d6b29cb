// The float model with int8 or float16 weights: what is written, and that it computes nearly what the float model does.
import { expect, it } from 'vitest';
import { withDynamicRange } from '../../../engine/exporters/dynamic-range.ts';
import { withFloat16Weights } from '../../../engine/exporters/float16.ts';
import { writeTflite } from '../../../engine/exporters/tflite.ts';
import { GraphBuilder } from '../../../engine/graph/builder.ts';
import type { Graph } from '../../../engine/graph/graph.ts';
import { readTflite } from '../../../engine/importers/tflite.ts';
import { createSimulator } from '../../../engine/simulator/simulator.ts';
import { numbers } from '../error-analysis/network.ts';

const CONV = { strideH: 1, strideW: 1, padding: 'SAME', activation: 'RELU', dilationH: 1, dilationW: 1 } as const;

/** A convolution of 1,152 weights, one of 16, and a dense layer of 2,560. */
function network(): Graph {
  const builder = new GraphBuilder('network');
  const conv = (name: string, input: number, shape: readonly [number, number, number, number]): number => {
    const count = shape.reduce((a, b) => a * b);
    const kernel = builder.weight(`${name}/kernel`, shape, numbers(count, count));
    return builder.op(
      'CONV_2D',
      [input, kernel, builder.weight(`${name}/bias`, [shape[0]], numbers(shape[0], 7))],
      CONV,
      {
        name,
      },
    );
  };
  const wide = conv('wide', builder.input('image', [null, 4, 4, 4]), [32, 3, 3, 4]);
  const narrow = conv('narrow', wide, [16, 1, 1, 32]);
  const flat = builder.op(
    'RESHAPE',
    [narrow, builder.integers('shape', [-1, 256])],
    {},
    { name: 'flat', shapes: [[null, 256]] },
  );
  const weights = builder.weight('dense/kernel', [10, 256], numbers(2560, 5));
  const options = { activation: 'NONE', keepNumDims: false } as const;
  return builder.build([builder.op('FULLY_CONNECTED', [flat, weights, null], options, { name: 'dense' })]);
}

const float = network();
const read = (graph: Graph): Graph => readTflite(writeTflite(graph)).subgraphs[0];
const typeOf = (graph: Graph, name: string) => graph.tensors.find((tensor) => tensor.name === name)?.dtype;

function outputs(graph: Graph): number[] {
  const simulator = createSimulator(graph, {});
  simulator.run([numbers(64, 11)]);
  return Array.from(simulator.tensor(graph.outputs[0]).data, Number);
}

/** Root of the mean square difference over that of the values. */
function relativeError(graph: Graph): number {
  const [found, expected] = [outputs(graph), outputs(float)];
  const square = (values: readonly number[]) => values.reduce((sum, value) => sum + value * value, 0);
  return Math.sqrt(square(found.map((value, i) => value - expected[i])) / square(expected));
}

it('dynamic range: large weights become int8, small ones and biases stay', () => {
  const graph = read(withDynamicRange(float));
  const types = ['wide/kernel', 'narrow/kernel', 'dense/kernel', 'wide/bias'].map((name) => typeOf(graph, name));
  expect(types).toEqual(['int8', 'float32', 'int8', 'float32']);
  expect(graph.tensors.find(({ name }) => name === 'wide/kernel')?.quantization?.scales).toHaveLength(32);
  expect(relativeError(graph)).toBeGreaterThan(0);
  expect(relativeError(graph)).toBeLessThan(0.02);
});

it('float16: every constant is widened before it is used', () => {
  const graph = read(withFloat16Weights(float));
  expect(graph.tensors.filter(({ data, dtype }) => data && dtype === 'float32')).toEqual([]);
  expect(graph.ops.filter(({ kind }) => kind === 'DEQUANTIZE')).toHaveLength(5);
  expect(relativeError(graph)).toBeGreaterThan(0);
  expect(relativeError(graph)).toBeLessThan(1e-3);
});
