// Schemes on a graph: which layers get which bits, and that each makes an integer graph that is whole.
import { describe, expect, it } from 'vitest';
import { problemsOf } from '../../../engine/graph/validate.ts';
import { layerPositions } from '../../../engine/quantization/layer-positions.ts';
import { placeQuantization } from '../../../engine/quantization/placement.ts';
import { quantizationProblems } from '../../../engine/quantization/problems.ts';
import { quantize } from '../../../engine/quantization/quantize.ts';
import type { SchemeName } from '../../../engine/quantization/schemes/scheme.ts';
import { SCHEMES } from '../../../engine/quantization/schemes/schemes.ts';
import type { QuantizationSettings } from '../../../engine/quantization/settings.ts';
import { network, rangesOf } from '../error-analysis/network.ts';
import { Network } from '../training/networks.ts';

const settingsOf = (name: SchemeName): QuantizationSettings => {
  const { target, weights, activations, overrides } = SCHEMES[name];
  return { target, weights, activations, schemeOverrides: overrides, overrides: [] };
};

describe('positions', () => {
  it('are the ends of the model, moves included', () => {
    const positions = layerPositions(network());
    const names = Object.fromEntries(Object.entries(positions).map(([key, set]) => [key, [...set].sort()]));
    expect(names).toEqual({ input: ['image'], first: ['first'], 'before-last': ['flat', 'second'], last: ['dense'] });
  });
});

describe('schemes', () => {
  it('say where they come from, and make whole integer graphs', () => {
    const graph = network();
    for (const [name, scheme] of Object.entries(SCHEMES)) {
      expect(scheme.name).toBe(name);
      expect(scheme.source.length).toBeGreaterThan(20);
      expect(problemsOf(quantize(graph, rangesOf(graph), settingsOf(scheme.name)))).toEqual([]);
    }
  });

  it('spare the ends where they have few bits', () => {
    const graph = network();
    const { settings, groups } = placeQuantization(graph, settingsOf('w4a4'));
    const weights = ['first', 'second', 'dense'].map((name) => settings.byName.get(name)?.weights.bits);
    expect(weights).toEqual([8, 4, 8]);
    const bits = Object.fromEntries(groups.map((group) => [graph.tensors[group.tensors[0]].name, group.settings.bits]));
    expect(bits).toEqual({ image: 8, first: 4, second: 8, dense: 8 });
    const integer = quantize(graph, rangesOf(graph), settingsOf('w4a4'));
    const kernel = (name: string) => integer.tensors.find((tensor) => tensor.name === `${name}/kernel`)?.dtype;
    expect([kernel('first'), kernel('second')]).toEqual(['int8', 'int4']);
  });

  it('keep 4-bit codes of depthwise convolutions in bytes: LiteRT’s reference kernels take no others', () => {
    const small = new Network([6, 6, 4], 3);
    const graph = small.build(small.conv(small.input, { kernel: [3, 3], filters: 4 }, true));
    const settings = { ...settingsOf('w4a8'), overrides: [] };
    const ranges = new Map([graph.inputs[0], graph.outputs[0]].map((id) => [id, { min: -1, max: 1 }]));
    const integer = quantize(graph, ranges, settings);
    const { dtype, data } = integer.tensors[integer.ops[0].inputs[1] ?? -1];
    expect(dtype).toBe('int8');
    expect(Math.max(...(data as Int8Array).map(Math.abs))).toBe(7);
    expect(quantizationProblems(graph, ranges, integer)).toEqual([]);
  });

  it('have one scale for dense layers in TFMOT’s, which the config can change', () => {
    const graph = network();
    const scales = (settings: QuantizationSettings) =>
      ['first', 'dense'].map(
        (name) =>
          quantize(graph, rangesOf(graph), settings).tensors.find((tensor) => tensor.name === `${name}/kernel`)
            ?.quantization?.scales.length,
      );
    const tfmot = settingsOf('tfmot-default-8bit');
    expect(scales(tfmot)).toEqual([2, 1]);
    const changed = { match: { name: 'dense' }, weights: { granularity: 'per-channel' } } as const;
    expect(scales({ ...tfmot, overrides: [changed] })).toEqual([2, 3]);
  });
});
