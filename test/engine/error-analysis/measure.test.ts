// Errors of a small integer model whose layers are known: a broken layer comes out on top, an exact one has none.
import { describe, expect, it } from 'vitest';
import { measureErrors } from '../../../engine/error-analysis/measure.ts';
import { addErrors, metricsOf, newSums } from '../../../engine/error-analysis/metrics.ts';
import { simulatedIsolatedForward } from '../../../engine/error-analysis/simulated-forward.ts';
import type { Graph } from '../../../engine/graph/graph.ts';
import { fixedGrid } from '../../../engine/quantization/activation-quantization.ts';
import { quantize } from '../../../engine/quantization/quantize.ts';
import type { Ranges } from '../../../engine/quantization/ranges.ts';
import { INT8_SETTINGS } from '../../../engine/quantization/settings.ts';
import { programIsolatedForward } from '../../../engine/training/float-forward.ts';
import { data, network, rangesOf } from './network.ts';

function report(graph: Graph, ranges: Ranges, images = 20) {
  const integer = quantize(graph, ranges, INT8_SETTINGS);
  const steps = measureErrors({ float: graph, integer }, data, { kernels: 'reference', images });
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

describe('error metrics', () => {
  it('are those of their definitions', () => {
    const sums = newSums();
    addErrors(sums, Float32Array.of(9, 1, 2, -3), 1, Int8Array.of(1, 4, -5), 0.5, 1);
    // Dequantized 0, 1.5, −3: errors −1, −0.5, 0.
    const metrics = metricsOf(sums, 0.5);
    expect(metrics.sqnr).toBeCloseTo(10 * Math.log10(14 / 1.25), 10);
    expect(metrics.rmseOverScale).toBeCloseTo(Math.sqrt(1.25 / 3) / 0.5, 10);
    expect(metrics.bias).toBeCloseTo(-0.5, 10);
    expect(metrics.maxError).toBe(1);
    expect(metrics.cosine).toBeCloseTo((0 + 3 + 9) / Math.sqrt(14 * (2.25 + 9)), 10);
  });

  it('leave out what is not finite, and call an exact tensor exact', () => {
    const sums = newSums();
    addErrors(sums, Float32Array.of(Number.NaN, 1, Number.POSITIVE_INFINITY), 0, Int8Array.of(5, 1, 7), 1, 0);
    expect(sums.notFinite).toBe(2);
    expect(metricsOf(sums, 1)).toEqual({ sqnr: null, rmseOverScale: 0, cosine: 1, bias: 0, maxError: 0 });
    const nothing = newSums();
    addErrors(nothing, Float32Array.of(Number.NaN, Number.NaN), 0, Int8Array.of(5, 7), 1, 0);
    expect(metricsOf(nothing, 1).sqnr).toBe(-100);
  });
});

describe('measuring an integer model', () => {
  const graph = network();
  const healthy = report(graph, rangesOf(graph));

  it('names every op, with local errors near those of rounding and accumulated ones that grow', () => {
    expect(healthy.layers.map(({ name }) => name)).toEqual(['first', 'second', 'flat', 'dense']);
    const [first, second, flat, dense] = healthy.layers;
    expect(flat.local.sqnr).toBeNull();
    for (const { local } of [first, second]) {
      expect(local.rmseOverScale).toBeGreaterThan(0.1);
      expect(local.rmseOverScale).toBeLessThan(0.6);
    }
    expect(dense.accumulated.sqnr ?? 0).toBeLessThan(dense.local.sqnr ?? 0);
    expect(first.accumulatorBits).toBeGreaterThan(12);
    expect(healthy).toMatchObject({ images: 20, kernels: 'reference', version: 1 });
  });

  it('puts a layer on top whose scale is 8 times too large, wherever it is', () => {
    for (const broken of ['first', 'second', 'dense']) {
      const ranges = new Map(rangesOf(graph));
      graph.tensors.forEach(({ name }, id) => {
        const range = ranges.get(id);
        if (range && (name === broken || (broken === 'second' && name === 'flat'))) {
          ranges.set(id, { min: range.min * 8, max: range.max * 8 });
        }
      });
      const worst = report(graph, ranges)
        .layers.filter(({ local }) => local.sqnr !== null)
        .sort((a, b) => (a.local.sqnr ?? 0) - (b.local.sqnr ?? 0))[0];
      expect(worst.name).toBe(broken);
    }
  });

  it('measures nothing on no data, in one sentence', () => {
    const integer = quantize(graph, rangesOf(graph), INT8_SETTINGS);
    const steps = measureErrors({ float: graph, integer }, { ...data, size: 0 }, { kernels: 'reference' });
    expect(() => steps.next()).toThrow('"numbers" has no samples to measure errors on.');
  });

  it('finds the same in float by the training kernels and by the simulator', () => {
    const feeds = [
      { op: 'second', input: 0, grid: fixedGrid(0.05, -128, { min: -128, max: 127 }) },
      { op: 'dense', input: 0, grid: fixedGrid(0.1, -128, { min: -128, max: 127 }) },
    ];
    const [trained, simulated] = [programIsolatedForward(graph, feeds, 4), simulatedIsolatedForward(graph, feeds, 4)];
    for (const forward of [trained, simulated]) {
      data.read([0, 1, 2], forward.input, new Float32Array(3));
      forward.run(3);
    }
    for (const op of graph.ops) {
      const [id] = op.outputs;
      const [ours, theirs] = [trained.isolated(id), simulated.isolated(id)];
      expect(theirs.length).toBeGreaterThan(0);
      for (let i = 0; i < theirs.length; i++) expect(Math.abs(ours[i] - theirs[i])).toBeLessThan(1e-5 * 30);
    }
  });
});
