// The writer is the reader's inverse.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../../engine/errors.ts';
import { cIdentifier, writeCArray } from '../../../engine/exporters/c-array.ts';
import { writeTflite, writeTfliteModel } from '../../../engine/exporters/tflite.ts';
import { floatToHalf } from '../../../engine/exporters/tflite-data.ts';
import type { Graph } from '../../../engine/graph/graph.ts';
import { readTflite } from '../../../engine/importers/tflite.ts';
import { halfToFloat } from '../../../engine/importers/tflite-tensors.ts';
import { describeWithShared, shared } from '../../shared.ts';

const quantization = (scales: number[], axis: number | null = null) => ({
  scales: Float32Array.from(scales),
  zeroPoints: new Int32Array(scales.length),
  axis,
});

/** A per-channel dense layer without a bias, a convolution without one, int4 and float16 constants. */
const GRAPH: Graph = {
  name: 'main',
  tensors: [
    { name: 'in', dtype: 'int8', shape: [null, 4, 4, 3], quantization: quantization([0.5]) },
    {
      name: 'w',
      dtype: 'int8',
      shape: [2, 1, 1, 3],
      data: Int8Array.of(1, 2, 3, -4, -5, -6),
      quantization: quantization([0.1, 0.2], 0),
    },
    { name: 'conv', dtype: 'int8', shape: [null, 4, 4, 2], quantization: quantization([1]) },
    { name: 'int4', dtype: 'int4', shape: [3], data: Int8Array.of(-8, 7, -1), quantization: quantization([1]) },
    { name: 'half', dtype: 'float16', shape: [2], data: Float32Array.of(0.5, -65504) },
    { name: 'shape', dtype: 'int32', shape: [2], data: Int32Array.of(-1, 32) },
    { name: 'flat', dtype: 'int8', shape: [null, 32], quantization: quantization([1]) },
  ],
  ops: [
    {
      kind: 'CONV_2D',
      name: 'conv',
      inputs: [0, 1],
      outputs: [2],
      options: { padding: 'SAME', strideH: 1, strideW: 2, activation: 'RELU6', dilationH: 1, dilationW: 1 },
      layers: [],
    },
    { kind: 'RESHAPE', name: 'flat', inputs: [2, 5], outputs: [6], options: {}, layers: [] },
  ],
  inputs: [0],
  outputs: [6],
};

describe('writeTflite', () => {
  it('keeps tensors, quantization and options, and writes the bias that CONV_2D must have', () => {
    const [graph] = readTflite(writeTflite(GRAPH)).subgraphs;
    expect(graph.tensors.slice(0, 7)).toEqual(GRAPH.tensors);
    expect(graph.ops[0].options).toMatchObject({ padding: 'SAME', strideH: 1, strideW: 2, activation: 'RELU6' });
    expect(graph.ops[0].inputs).toEqual([0, 1, 7]);
    expect(graph.tensors[7]).toMatchObject({ dtype: 'int32', shape: [2], data: Int32Array.of(0, 0) });
    expect(graph.tensors[7].quantization!.scales).toEqual(
      Float32Array.of(Math.fround(0.1) * 0.5, Math.fround(0.2) * 0.5),
    );
  });

  it('writes the bias of a depthwise convolution that says it has none, which LiteRT refuses', () => {
    const weights = { name: 'd', dtype: 'float32', shape: [1, 1, 1, 3], data: Float32Array.of(1, 2, 3) } as const;
    const depthwise: Graph = {
      name: 'main',
      tensors: [
        { name: 'x', dtype: 'float32', shape: [1, 2, 2, 3] },
        weights,
        { name: 'y', dtype: 'float32', shape: [1, 2, 2, 3] },
      ],
      ops: [
        {
          ...GRAPH.ops[0],
          kind: 'DEPTHWISE_CONV_2D',
          inputs: [0, 1, null],
          outputs: [2],
          options: {
            padding: 'SAME',
            strideH: 1,
            strideW: 1,
            depthMultiplier: 1,
            activation: 'NONE',
            dilationH: 1,
            dilationW: 1,
          },
        },
      ],
      inputs: [0],
      outputs: [2],
    };
    const [graph] = readTflite(writeTflite(depthwise)).subgraphs;
    expect(graph.tensors[graph.ops[0].inputs[2]!]).toMatchObject({ dtype: 'float32', shape: [3] });
  });

  it('writes what it read, byte for byte', () => {
    const once = writeTflite(GRAPH);
    expect(writeTfliteModel(readTflite(once))).toEqual(once);
  });

  it('puts QUANTIZE and DEQUANTIZE at float ends', () => {
    const [graph] = readTflite(writeTflite(GRAPH, { inputType: 'float32', outputType: 'float32' })).subgraphs;
    expect(graph.ops.map((op) => op.kind)).toEqual(['QUANTIZE', 'CONV_2D', 'RESHAPE', 'DEQUANTIZE']);
    expect(graph.inputs.concat(graph.outputs).map((id) => graph.tensors[id].dtype)).toEqual(['float32', 'float32']);
  });

  it('names what it cannot write', () => {
    const dropout: Graph = {
      ...GRAPH,
      ops: [{ kind: 'DROPOUT', name: 'drop', inputs: [0], outputs: [2], options: { rate: 0.5 }, layers: [] }],
    };
    expect(() => writeTflite(dropout)).toThrow(/"drop" \(DROPOUT\) cannot be written/);
  });

  it('is undone by no truncation but ends in one sentence', () => {
    const bytes = writeTflite(GRAPH);
    for (let length = 0; length < bytes.length; length += 7) {
      try {
        readTflite(bytes.slice(0, length));
      } catch (error) {
        expect(error).toBeInstanceOf(InputError);
      }
    }
  });

  it('rounds to half precision and back', () => {
    for (let bits = 0; bits < 0x7c00; bits += 3) {
      expect(floatToHalf(halfToFloat(bits))).toBe(bits);
      expect(floatToHalf(-halfToFloat(bits))).toBe(bits | 0x8000);
    }
    // Ties go to even; one step below the overflow bound stays finite.
    expect([1 + 2 ** -11, 1 + 3 * 2 ** -11, 65519.99, 65520].map(floatToHalf)).toEqual([
      0x3c00, 0x3c02, 0x7bff, 0x7c00,
    ]);
  });
});

describe('writeCArray', () => {
  it('writes C that holds the bytes', () => {
    const { header, source } = writeCArray(Uint8Array.of(1, 255, 16), 'my model-1');
    expect(source).toContain('0x01, 0xff, 0x10,');
    expect(source).toContain('const unsigned int my_model_1_len = 3u;');
    expect(header).toContain('extern const unsigned char my_model_1[];');
    expect(cIdentifier('1x')).toBe('model_1x');
  });
});

describeWithShared('models of other converters', 'data/mlperf_tiny/ic_resnet8_int8.tflite', () => {
  it.each(['ic_resnet8_int8', 'kws_dscnn_int8'])('%s is the same graph after export', (name) => {
    const model = readTflite(new Uint8Array(readFileSync(shared('data/mlperf_tiny', `${name}.tflite`))));
    expect(readTflite(writeTfliteModel(model))).toEqual(model);
  });
});
