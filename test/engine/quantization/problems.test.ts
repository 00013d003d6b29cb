// Models that quantize badly: each problem is found, with its layer and what to do; a healthy one has none.
import { describe, expect, it } from 'vitest';
import type { Graph } from '../../../engine/graph/graph.ts';
import { quantizationProblems } from '../../../engine/quantization/problems.ts';
import { quantize } from '../../../engine/quantization/quantize.ts';
import type { Ranges } from '../../../engine/quantization/ranges.ts';
import { INT8_SETTINGS } from '../../../engine/quantization/settings.ts';
import { network, rangesOf } from '../error-analysis/network.ts';

/** The network with some values changed. */
function changed(name: string, change: (value: number, index: number) => number): Graph {
  const graph = network();
  const tensors = graph.tensors.map((tensor) =>
    tensor.name === name && tensor.data instanceof Float32Array ? { ...tensor, data: tensor.data.map(change) } : tensor,
  );
  return { ...graph, tensors };
}

function problems(graph: Graph, ranges: Ranges = rangesOf(graph)) {
  return quantizationProblems(graph, ranges, quantize(graph, ranges, INT8_SETTINGS));
}

const kinds = (graph: Graph, ranges?: Ranges): string[] =>
  problems(graph, ranges).map(({ kind, layer }) => `${kind} ${layer}`);
const idOf = (graph: Graph, name: string): number => graph.tensors.findIndex((tensor) => tensor.name === name);

describe('problems of a quantized model', () => {
  it('are none in a healthy one', () => expect(kinds(network())).toEqual([]));

  it('are weights of 0, in a layer or in a channel', () => {
    expect(kinds(changed('first/kernel', () => 0))).toEqual(['zero-weights first']);
    const graph = changed('first/kernel', (w, i) => (i < 18 ? 0 : w));
    expect(kinds(graph)).toEqual(['dead-channels first']);
    expect(problems(graph)[0].message).toMatch(/^1 of 2 output channels of first have no weight but 0/);
  });

  it('are ranges that hold nothing, or next to nothing', () => {
    const graph = network();
    const empty = new Map(rangesOf(graph)).set(idOf(graph, 'first'), { min: 0, max: 0 });
    expect(kinds(graph, empty)).toEqual(['empty-range first']);
    const tiny = new Map(rangesOf(graph)).set(idOf(graph, 'dense'), { min: 0, max: 1e-14 });
    expect(kinds(graph, tiny)).toContain('tiny-scale dense');
  });

  it('are scales that a bias holds up', () => {
    const graph = changed('second/kernel', (w, i) => (i < 18 ? w * 1e-12 : w));
    expect(kinds(graph)).toEqual(['held-scale second']);
  });

  it('are accumulators that could overflow', () => {
    const graph = network();
    const integer = quantize(graph, rangesOf(graph), INT8_SETTINGS);
    const tensors = integer.tensors.map((tensor) =>
      tensor.name === 'dense/bias' ||
      tensor.name === 'dense_bias' ||
      (tensor.dtype === 'int32' && tensor.shape[0] === 3)
        ? { ...tensor, data: Int32Array.of(2 ** 31 - 1, 0, 0) }
        : tensor,
    );
    const found = quantizationProblems(graph, rangesOf(graph), { ...integer, tensors });
    expect(found).toMatchObject([{ kind: 'accumulator', layer: 'dense' }]);
    expect(found[0].message).toMatch(/may need 33 bits/);
  });

  it('stop quantization where a range never saw data', () => {
    const graph = network();
    const ranges = new Map(rangesOf(graph));
    ranges.delete(idOf(graph, 'first'));
    expect(() => quantize(graph, ranges, INT8_SETTINGS)).toThrow(/No range is known for the output of "first"/);
  });
});
