// Files that other tools make and read: a round trip through each gives the same integer graph, and damage gets a sentence.
import { describe, expect, it } from 'vitest';
import { isActivation } from '../../../engine/graph/graph.ts';
import { fromAimet, toAimet } from '../../../engine/quantization/handoff/aimet.ts';
import { fromEdgeRecipe } from '../../../engine/quantization/handoff/edge-recipe.ts';
import { rangesFromJson, rangesToJson } from '../../../engine/quantization/handoff/ranges-file.ts';
import { quantize } from '../../../engine/quantization/quantize.ts';
import { INT8_SETTINGS } from '../../../engine/quantization/settings.ts';
import { network, rangesOf } from '../error-analysis/network.ts';
import { uniform } from '../keras/lower/oracle-values.ts';

const graph = network();
const integer = quantize(graph, rangesOf(graph), INT8_SETTINGS);

describe('AIMET encodings', () => {
  const text = JSON.stringify(toAimet(integer));

  it('count codes from 0', () => {
    const { activation_encodings: activations, param_encodings: weights } = JSON.parse(text);
    expect(activations.first[0]).toMatchObject({ bitwidth: 8, offset: 0, min: 0 });
    expect(activations.image[0].offset * activations.image[0].scale).toBeCloseTo(activations.image[0].min, 6);
    expect(weights['first/kernel']).toHaveLength(2);
    expect(weights['first/kernel'][0]).toMatchObject({ offset: -128, is_symmetric: 'True' });
  });

  it('make the same integer graph again', () => {
    const { graph: scaled, ranges, unmatched } = fromAimet(text, graph, 'model.encodings');
    expect(unmatched).toEqual([]);
    const again = quantize(scaled, ranges, INT8_SETTINGS);
    for (const [id, { name, data }] of integer.tensors.entries()) {
      expect(again.tensors[id].data, name).toEqual(data);
      const [ours, theirs] = [integer.tensors[id].quantization, again.tensors[id].quantization];
      ours?.scales.forEach((scale, i) => {
        expect(theirs?.scales[i]).toBe(scale);
      });
      expect(theirs?.zeroPoints).toEqual(ours?.zeroPoints);
    }
  });

  it('give each activation its own scale again, to the bit, whatever it is', () => {
    const random = uniform(7, 1000);
    for (let n = 0; n < 500; n++) {
      const [low, high] = [-(10 ** (8 * random[n] - 4)), 10 ** (8 * random[500 + n] - 4)];
      const range = { min: n % 3 === 0 ? 0 : low, max: high };
      const ranges = new Map([...rangesOf(graph)].map(([id]) => [id, range]));
      const once = quantize(graph, ranges, INT8_SETTINGS);
      const file = JSON.stringify(toAimet(once));
      const again = quantize(graph, fromAimet(file, graph, 'model.encodings').ranges, INT8_SETTINGS);
      for (const [id, tensor] of once.tensors.entries()) {
        if (!isActivation(tensor)) continue;
        expect(again.tensors[id].quantization, `${tensor.name} of ${range.min} to ${range.max}`).toEqual(
          tensor.quantization,
        );
      }
    }
  });

  it('bring their bits', () => {
    const wide = quantize(graph, rangesOf(graph), {
      ...INT8_SETTINGS,
      overrides: [{ match: { name: 'second' }, weights: { bits: 4 } }],
    });
    const { graph: scaled, ranges, overrides } = fromAimet(JSON.stringify(toAimet(wide)), graph, 'model.encodings');
    const again = quantize(scaled, ranges, { ...INT8_SETTINGS, overrides });
    expect(again.tensors.map(({ dtype }) => dtype)).toEqual(wide.tensors.map(({ dtype }) => dtype));
    expect(again.tensors.some(({ dtype }) => dtype === 'int4')).toBe(true);
  });

  it('are refused in one sentence where they are none', () => {
    expect(() => fromAimet('{', graph, 'a.json')).toThrow('a.json is not JSON; an AIMET encodings file was expected.');
    expect(() => fromAimet('{"param_encodings":{"w":[{}]}}', graph, 'a.json')).toThrow(
      /no AIMET encodings file: `param/,
    );
    const three = JSON.parse(text);
    three.param_encodings['first/kernel'].push(three.param_encodings['first/kernel'][0]);
    expect(() => fromAimet(JSON.stringify(three), graph, 'a.json')).toThrow(
      'a.json has 3 encodings for "first/kernel", which has 2 output channels.',
    );
  });
});

describe('ranges as JSON', () => {
  it('come back as they were', () => {
    const text = JSON.stringify(rangesToJson(graph, rangesOf(graph)));
    expect(rangesFromJson(text, graph, 'r.json')).toEqual(rangesOf(graph));
    expect(() => rangesFromJson(text.replace('"dense"', '"danse"'), graph, 'r.json')).toThrow(
      /"danse", which is no tensor/,
    );
    expect(() => rangesFromJson('{"version":1,"ranges":{"a":[2,1]}}', graph, 'r.json')).toThrow(/smaller end first/);
  });
});

describe('AI Edge Quantizer recipes', () => {
  const int8 = (bits: number) => ({
    activation_tensor_config: { num_bits: 8, symmetric: false, granularity: 'TENSORWISE', dtype: 'INT' },
    weight_tensor_config: { num_bits: bits, symmetric: true, granularity: 'CHANNELWISE', dtype: 'INT' },
    compute_precision: 'INTEGER',
  });
  const recipe = JSON.stringify([
    { regex: '.*', operation: '*', op_config: int8(8) },
    { regex: 'second', operation: 'CONV_2D', op_config: int8(4) },
    { regex: 'dense', operation: '*', algorithm_key: 'no_quantize' },
  ]);

  it('become overrides by layer, the later rule over the earlier', () => {
    const { overrides, notes } = fromEdgeRecipe(recipe, graph, 'recipe.json');
    expect(notes).toEqual([]);
    const result = quantize(graph, rangesOf(graph), { ...INT8_SETTINGS, overrides });
    const kernel = (name: string) => result.tensors.find((tensor) => tensor.name === `${name}/kernel`)?.dtype;
    expect([kernel('first'), kernel('second'), kernel('dense')]).toEqual(['int8', 'int4', 'float32']);
  });

  it('say what they ask for in vain, and where they are damaged', () => {
    const weightOnly = [
      { regex: '.*', op_config: { weight_tensor_config: { num_bits: 8 }, compute_precision: 'FLOAT' } },
    ];
    const { overrides, notes } = fromEdgeRecipe(JSON.stringify(weightOnly), graph, 'r.json');
    expect(overrides.every(({ skip }) => skip)).toBe(true);
    expect(notes).toHaveLength(1);
    expect(() => fromEdgeRecipe('[{"regex":"("}]', graph, 'r.json')).toThrow(/regular expression "\("/);
    expect(() => fromEdgeRecipe('{}', graph, 'r.json')).toThrow(/no recipe of AI Edge Quantizer/);
  });
});
