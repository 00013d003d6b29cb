// The integer graph, as text: where codes are, which tensors share a scale, and where codes change their scale.
import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '../../../engine/graph/builder.ts';
import type { Graph } from '../../../engine/graph/graph.ts';
import { printGraph } from '../../../engine/graph/print.ts';
import { problemsOf } from '../../../engine/graph/validate.ts';
import { placeQuantization, sameScaleGroups } from '../../../engine/quantization/placement.ts';
import { quantize } from '../../../engine/quantization/quantize.ts';
import { INT8_SETTINGS, type QuantizationSettings } from '../../../engine/quantization/settings.ts';

const CONV = { strideH: 1, strideW: 1, padding: 'SAME', activation: 'NONE', dilationH: 1, dilationW: 1 } as const;
const INT16: QuantizationSettings = {
  ...INT8_SETTINGS,
  activations: { ...INT8_SETTINGS.activations, bits: 16, symmetric: true },
};

/** A convolution, a gate by its sigmoid, both concatenated, pooled, reshaped, and a dense layer with softmax. */
function gated(): Graph {
  const builder = new GraphBuilder('gated');
  const image = builder.input('image', [null, 4, 4, 1]);
  const kernel = builder.weight('conv/kernel', [2, 1, 1, 1], Float32Array.of(1.27, -0.5));
  const conv = builder.op(
    'CONV_2D',
    [image, kernel, null],
    { ...CONV, activation: 'RELU' },
    { name: 'conv', layers: ['conv', 'relu'] },
  );
  const gate = builder.op('LOGISTIC', [conv], {}, { name: 'gate' });
  const both = builder.op('CONCATENATION', [conv, gate], { axis: 3, activation: 'NONE' }, { name: 'both' });
  const pooled = builder.op(
    'MAX_POOL_2D',
    [both],
    { strideH: 4, strideW: 4, padding: 'VALID', activation: 'NONE', filterH: 4, filterW: 4 },
    { name: 'pool' },
  );
  const flat = builder.op(
    'RESHAPE',
    [pooled, builder.integers('flat/shape', [-1, 4])],
    {},
    { name: 'flat', shapes: [[null, 4]] },
  );
  const weights = builder.weight('dense/kernel', [2, 4], Float32Array.of(1, 2, 3, 4, 0, 0, 0, 0));
  const bias = builder.weight('dense/bias', [2], Float32Array.of(0.5, -3));
  const dense = builder.op(
    'FULLY_CONNECTED',
    [flat, weights, bias],
    { activation: 'NONE', keepNumDims: false },
    { name: 'dense' },
  );
  return builder.build([builder.op('SOFTMAX', [dense], { beta: 1 }, { name: 'softmax' })]);
}

function rangesOf(graph: Graph, size = 1) {
  return new Map(graph.tensors.map((_, id) => [id, { min: -size / 2, max: size * (1 + id / 100) }]));
}

const skip = (name: string): QuantizationSettings => ({
  ...INT8_SETTINGS,
  overrides: [{ match: { name }, skip: true }],
});

describe('the integer graph', () => {
  it('has codes at each op, fixed scales, and QUANTIZE where a scale cannot be shared', () => {
    const graph = gated();
    const integer = quantize(graph, rangesOf(graph), INT8_SETTINGS);
    expect(problemsOf(integer)).toEqual([]);
    expect(printGraph(integer)).toMatchSnapshot();
    const byName = (name: string) => integer.tensors.find((tensor) => tensor.name === name);
    expect(byName('dense/bias')?.data).toBeInstanceOf(Int32Array);
    // The dead channel: its scale is held up by its bias, which fills half of int32.
    expect(Math.abs(Number(byName('dense/bias')?.data?.[1]))).toBeLessThanOrEqual(2 ** 30 + 256);
    for (const name of ['both', 'pool', 'flat', 'conv']) {
      expect(byName(name)?.quantization).toEqual(byName('conv')?.quantization);
    }
    expect(byName('gate')?.quantization).toMatchObject({
      scales: Float32Array.of(1 / 256),
      zeroPoints: Int32Array.of(-128),
    });
  });

  it('keeps float inputs and outputs with QUANTIZE and DEQUANTIZE inside', () => {
    const graph = gated();
    const integer = quantize(graph, rangesOf(graph), INT8_SETTINGS, { io: 'float' });
    expect(problemsOf(integer)).toEqual([]);
    expect(integer.ops.map((op) => op.kind)).toEqual([
      'QUANTIZE',
      'CONV_2D',
      'LOGISTIC',
      'QUANTIZE',
      'CONCATENATION',
      'MAX_POOL_2D',
      'RESHAPE',
      'FULLY_CONNECTED',
      'SOFTMAX',
      'DEQUANTIZE',
    ]);
    expect(integer.tensors[integer.outputs[0]].dtype).toBe('float32');
  });

  it('makes a float island of a skipped layer, found by any layer that its op computes', () => {
    const graph = gated();
    const integer = quantize(graph, rangesOf(graph), skip('rel*'));
    expect(problemsOf(integer)).toEqual([]);
    expect(printGraph(integer)).toMatchSnapshot();
  });

  it('leaves moves between float ops float', () => {
    const graph = gated();
    const settings = {
      ...INT8_SETTINGS,
      overrides: ['gate', 'both', 'dense', 'conv'].flatMap((name) => skip(name).overrides),
    };
    const { floatOps } = placeQuantization(graph, settings);
    expect([...floatOps.keys()].sort()).toEqual(['both', 'conv', 'dense', 'flat', 'gate', 'pool']);
  });

  it('has int16 activations with int64 biases', () => {
    const graph = gated();
    const integer = quantize(graph, rangesOf(graph), INT16);
    expect(problemsOf(integer)).toEqual([]);
    expect(integer.tensors.find(({ name }) => name === 'dense/bias')?.data).toBeInstanceOf(BigInt64Array);
    expect(integer.tensors[integer.inputs[0]]).toMatchObject({
      dtype: 'int16',
      quantization: { zeroPoints: Int32Array.of(0) },
    });
    expect(integer.tensors[integer.outputs[0]].quantization?.scales).toEqual(Float32Array.of(1 / 32768));
  });

  it('mixes widths by layer, with QUANTIZE between them', () => {
    const graph = gated();
    const overrides = [
      { match: { name: 'dense' }, activations: INT16.activations },
      { match: { name: 'softmax' }, activations: INT16.activations },
    ];
    const integer = quantize(graph, rangesOf(graph), { ...INT8_SETTINGS, overrides });
    expect(problemsOf(integer)).toEqual([]);
    const dense = integer.ops.find((op) => op.name === 'dense');
    expect(dense?.inputs.map((id) => integer.tensors[id as number].dtype)).toEqual(['int16', 'int8', 'int64']);
    expect(integer.tensors.find(({ name }) => name === 'flat')?.dtype).toBe('int8');
  });

  it('says which range is missing, which weights are not finite, and which pattern matches nothing', () => {
    const graph = gated();
    expect(() => quantize(graph, new Map(), INT8_SETTINGS)).toThrow(/No range is known for the output of "image"/);
    const tensors = graph.tensors.map((tensor) =>
      tensor.name === 'dense/bias' ? { ...tensor, data: Float32Array.of(Number.NaN, 0) } : tensor,
    );
    expect(() => quantize({ ...graph, tensors }, rangesOf(graph), INT8_SETTINGS)).toThrow(
      /"dense\/bias" of "dense" holds NaN/,
    );
    const { settings } = placeQuantization(graph, skip('conv2d_*'));
    expect(settings.unmatched).toEqual(skip('conv2d_*').overrides);
  });

  it('shares a scale among what only moves codes', () => {
    const graph = gated();
    const names = sameScaleGroups(graph).map((group) => group.tensors.map((id) => graph.tensors[id].name));
    expect(names).toEqual([['conv', 'both', 'pool', 'flat']]);
  });
});
