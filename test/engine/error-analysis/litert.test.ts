// Errors of MLPerf Tiny's ResNet8 and DS-CNN against numpy's, from LiteRT's own tensors (test/oracles/layer_errors.py).
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { measureErrors } from '../../../engine/error-analysis/measure.ts';
import type { ErrorMetrics } from '../../../engine/error-analysis/report.ts';
import { quantize } from '../../../engine/quantization/quantize.ts';
import { INT8_SETTINGS } from '../../../engine/quantization/settings.ts';
import { describeWithShared, SHARED } from '../../shared.ts';
import { TOLERANCE } from '../../tolerances.ts';
import { MODELS, type ModelName, openMlperf } from './mlperf.ts';

interface OracleLayer {
  readonly name: string;
  readonly local: ErrorMetrics;
  readonly accumulated: ErrorMetrics;
  readonly saturated: number;
  readonly rangeUsed: number;
}
interface Oracle {
  readonly images: number;
  readonly ranges: Readonly<Record<string, readonly [number, number]>>;
  readonly layers: readonly OracleLayer[];
}

const oracles: Readonly<Record<ModelName, Oracle>> = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../oracles/layer-errors.json'), 'utf8'),
);

/** In units that make one tolerance fit: decibels, steps of the grid, and the cosine's distance from 1 as it is. */
function distances(ours: ErrorMetrics, theirs: ErrorMetrics, scale: number): number[] {
  const decibels =
    ours.sqnr === null || theirs.sqnr === null ? Number(ours.sqnr !== theirs.sqnr) : ours.sqnr - theirs.sqnr;
  return [
    decibels / 10,
    ours.rmseOverScale - theirs.rmseOverScale,
    (ours.bias - theirs.bias) / scale,
    (ours.maxError - theirs.maxError) / scale,
    ours.cosine - theirs.cosine,
  ].map(Math.abs);
}

for (const name of Object.keys(MODELS) as ModelName[]) {
  describeWithShared(`the errors of ${name}`, `data/mlperf_tiny/${MODELS[name].file}`, () => {
    it('are those that numpy finds in LiteRT’s tensors', async () => {
      const oracle = oracles[name];
      const { graph, dataset } = await openMlperf(name, join(SHARED, 'data'));
      const ranges = new Map(
        graph.tensors.flatMap((tensor, id) => {
          const range = oracle.ranges[tensor.name];
          return range ? [[id, { min: range[0], max: range[1] }] as const] : [];
        }),
      );
      const integer = quantize(graph, ranges, INT8_SETTINGS);
      const steps = measureErrors({ float: graph, integer }, dataset, { kernels: 'reference', images: oracle.images });
      let step = steps.next();
      while (!step.done) step = steps.next();
      const { layers } = step.value;
      expect(layers.map((layer) => layer.name)).toEqual(oracle.layers.map((layer) => layer.name));
      for (const [index, theirs] of oracle.layers.entries()) {
        const ours = layers[index];
        const worst = Math.max(
          ...distances(ours.accumulated, theirs.accumulated, ours.scale),
          // Moving codes adds nothing; in float64 numpy sees the rounding of the scale.
          ...(ours.local.sqnr === null ? [0] : distances(ours.local, theirs.local, ours.scale)),
        );
        expect(worst, theirs.name).toBeLessThan(TOLERANCE.layerError);
        if (ours.local.sqnr === null) expect(theirs.local.rmseOverScale).toBeLessThan(1e-5);
        expect(ours.saturated, theirs.name).toBeCloseTo(theirs.saturated, 6);
        expect(ours.rangeUsed, theirs.name).toBeCloseTo(theirs.rangeUsed, 6);
      }
    }, 120_000);
  });
}
