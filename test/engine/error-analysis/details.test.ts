// What the layer view shows of a small integer model, against the same counted by hand.
import { expect, it } from 'vitest';
import { histogramChart, histogramImage } from '../../../engine/error-analysis/charts/histogram-chart.ts';
import { pairsChart } from '../../../engine/error-analysis/charts/pairs-chart.ts';
import { collectDetails } from '../../../engine/error-analysis/details.ts';
import { measureErrors } from '../../../engine/error-analysis/measure.ts';
import type { Graph } from '../../../engine/graph/graph.ts';
import { quantize } from '../../../engine/quantization/quantize.ts';
import { INT8_SETTINGS } from '../../../engine/quantization/settings.ts';
import { createSimulator } from '../../../engine/simulator/simulator.ts';
import { data, network, numbers, rangesOf } from './network.ts';

const IMAGES = 20;

function detailsOf(graph: Graph) {
  const integer = quantize(graph, rangesOf(graph), INT8_SETTINGS);
  const details = collectDetails();
  const steps = measureErrors({ float: graph, integer }, data, { kernels: 'reference', images: IMAGES, details });
  while (!steps.next().done);
  return { integer, report: details.report({ float: graph, integer }, data, IMAGES) };
}

const graph = network();
const { integer, report } = detailsOf(graph);
const layer = (name: string) => {
  const found = report.layers.find((each) => each.name === name);
  if (!found) throw new Error(name);
  return found;
};
const idOf = (name: string): number => graph.tensors.findIndex((tensor) => tensor.name === name);

it('counts every value of every image once', () => {
  for (const { activations } of report.layers) {
    const values = activations.histogram.counts.reduce((a, b) => a + b, 0);
    expect([IMAGES * 32, IMAGES * 3]).toContain(values);
  }
  const kernel = layer('second').weights?.histogram;
  expect(kernel?.counts.reduce((a, b) => a + b, 0)).toBe(36);
});

it('finds the ranges of channels that a float run has, by itself', () => {
  const simulator = createSimulator(graph);
  const [min, max] = [Array(2).fill(Number.POSITIVE_INFINITY), Array(2).fill(Number.NEGATIVE_INFINITY)];
  for (let n = 0; n < IMAGES; n++) {
    simulator.run([numbers(32, 100 + n)]);
    const values = simulator.tensor(idOf('first')).data as Float32Array;
    for (const [i, value] of values.entries()) {
      min[i % 2] = Math.min(min[i % 2], value);
      max[i % 2] = Math.max(max[i % 2], value);
    }
  }
  const { channels } = layer('first').activations;
  for (const c of [0, 1]) {
    expect(channels?.min[c]).toBeCloseTo(min[c], 3);
    expect(channels?.max[c]).toBeCloseTo(max[c], 3);
  }
});

it('takes the grid of the integer tensors', () => {
  const { quantization } = integer.tensors[idOf('first')];
  const scale = quantization?.scales[0] ?? 0;
  const zeroPoint = quantization?.zeroPoints[0] ?? 0;
  const { grid } = layer('first').activations;
  expect(grid.scale).toBe(scale);
  expect(grid.min).toBeCloseTo((-128 - zeroPoint) * scale, 6);
  expect(grid.max).toBeCloseTo((127 - zeroPoint) * scale, 6);
  const { float, integer: codes } = layer('first').pairs;
  expect(float.length).toBeGreaterThan(100);
  // Rounding, and what the operands' rounding adds; values beyond the grid's ends would be clipped.
  for (const [i, value] of float.entries()) expect(Math.abs(codes[i] - value)).toBeLessThan(0.2);
});

it('calls a channel of zeros dead, and gives the ratio of the others', () => {
  const kernel = graph.tensors[idOf('first/kernel')];
  const weights = (kernel.data as Float32Array).map((value, i) => (i < 18 ? value * 8 : 0));
  const tensors = graph.tensors.map((tensor) => (tensor === kernel ? { ...tensor, data: weights } : tensor));
  const { report: broken } = detailsOf({ ...graph, tensors });
  expect(broken.layers[0].weights?.channels).toMatchObject({ total: 2, dead: 1, ratio: 1 });
});

it('names the inputs that come out worst, the worst first, with their classes', () => {
  for (const { worst } of report.layers.filter(({ name }) => name !== 'flat')) {
    expect(worst).toHaveLength(4);
    expect(worst.map(({ sqnr }) => sqnr)).toEqual(worst.map(({ sqnr }) => sqnr).sort((a, b) => a - b));
    for (const { sample } of worst) expect(report.inputs.map((input) => input.sample)).toContain(sample);
  }
});

it('draws what is whole SVG, whatever the names', () => {
  const svg = histogramChart(layer('first').activations, '<b>&"', { width: 300, height: 150 });
  expect(svg).not.toContain('<b>');
  expect(svg.match(/<rect/g)?.length).toBe(80);
  expect(pairsChart(layer('first').pairs, { width: 300, height: 150 })).not.toContain('NaN');
  expect(histogramImage(layer('first').activations, 'first')).toMatch(/^data:image\/svg\+xml,%3Csvg/);
});
