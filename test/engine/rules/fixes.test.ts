// Each fix, in each way in which users wire layers: applied, its finding is gone, and the graph differs in what the fix is
// about alone.

import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../../engine/config/parse.ts';
import { quantizationSettings } from '../../../engine/config/quantization-settings.ts';
import type { KerasLayer, KerasModel } from '../../../engine/keras/model.ts';
import { TARGETS } from '../../../engine/quantization/targets/targets.ts';
import type { Fix } from '../../../engine/rules/finding.ts';
import { RULES, ruleById } from '../../../engine/rules/rules.ts';
import { applyEdits, derive, findingsOf, type Setting } from './derive.ts';
import { FIX_CASES, type FixCase } from './fix-cases.ts';

/** What a layer computes, without its name: Keras counts names by class, so an inserted layer renames others. */
function outline(layer: KerasLayer, changing: readonly string[]): string {
  const config = Object.entries(layer.config).filter(([key]) => key !== 'name' && !changing.includes(key));
  return JSON.stringify([layer.class, layer.outputShape, config.sort(([a], [b]) => (a < b ? -1 : 1))]);
}

/** Layers of one model that the other does not have, by class: what a fix took out or put in. */
function difference(one: KerasModel, other: KerasModel, changing: readonly string[]): string[] {
  const left = other.layers.map((layer) => outline(layer, changing));
  return one.layers
    .filter((layer) => {
      const at = left.indexOf(outline(layer, changing));
      if (at >= 0) left.splice(at, 1);
      return at < 0;
    })
    .map((layer) => layer.class);
}

function firstFix(text: string, rule: string, setting: Setting): { readonly fix: Fix; readonly count: number } {
  const { findings, contexts, source } = findingsOf(derive(text), setting);
  const own = findings.filter((finding) => finding.rule === rule);
  const fix = ruleById(rule)?.fix?.(own[0].finding, contexts[0], source);
  if (!fix) throw new Error(`${rule} has no fix for this text.`);
  return { fix, count: own.length };
}

describe.each(FIX_CASES.map((each) => [`${each.rule}: ${each.wiring}`, each] as const))('%s', (_, each: FixCase) => {
  const setting: Setting = { target: TARGETS[each.target ?? 'tflite-int8'] };
  const { fix, count } = firstFix(each.before, each.rule, setting);
  const after = applyEdits(each.before, fix.edits);

  it('writes what a user would', () => expect(after).toBe(each.after));
  it('removes its finding', () => {
    const left = findingsOf(derive(after), setting).findings.filter(({ rule }) => rule === each.rule);
    expect(left).toHaveLength(count - 1);
  });
  it('leaves the rest of the graph as it is', () => {
    const [before] = derive(each.before).models;
    const [fixed] = derive(after).models;
    expect(fixed.complete).toBe(true);
    const changing = each.changes ?? [];
    expect(difference(before, fixed, changing)).toEqual(each.removed ?? []);
    expect(difference(fixed, before, changing)).toEqual(each.added ?? []);
    const output = (model: KerasModel) => model.layers.find(({ name }) => name === model.outputs[0].layer)?.outputShape;
    expect(output(fixed)).toEqual(output(before));
  });
});

it('has a case for each rule that has a fix', () => {
  const tested = new Set([...FIX_CASES.map(({ rule }) => rule), 'stays-float']);
  expect(
    RULES.filter(({ fix }) => fix)
      .map(({ id }) => id)
      .filter((id) => !tested.has(id)),
  ).toEqual([]);
});

describe('stays-float with a config: the layer goes on the list of those that stay float', () => {
  const model = `from tensorflow import keras
model = keras.Sequential([keras.Input((64,)), keras.layers.Dense(10, activation='elu', name='head'), keras.layers.Dense(2)])
`;
  const fixed = (text: string): string => {
    const { config } = parseConfig(text, 'a');
    if (!config) throw new Error('The config of the case is wrong.');
    const target = TARGETS['tflite-int8'];
    const facts = {
      file: '/a.quant.yaml',
      settings: quantizationSettings(config, target),
      loss: null,
      calibrationSamples: 500,
      data: [],
      weightsKey: null,
    };
    const { fix } = firstFix(model, 'stays-float', { config: { facts, text, locateKey: () => null } });
    return applyEdits(text, fix.edits);
  };
  it.each([
    ['model: m.py:model\n', 'model: m.py:model\nquantization:\n  overrides:\n    - match: "head"\n      skip: true\n'],
    [
      'model: m.py:model\nquantization:\n  weights:\n    bits: 8\n# data\ndata:\n  train: { path: a.npz }\n',
      'model: m.py:model\nquantization:\n  weights:\n    bits: 8\n  overrides:\n    - match: "head"\n      skip: true\n# data\ndata:\n  train: { path: a.npz }\n',
    ],
    [
      'model: m.py:model\nquantization:\n  overrides:\n  - match: dense\n    skip: true # slow\n',
      'model: m.py:model\nquantization:\n  overrides:\n  - match: dense\n    skip: true # slow\n  - match: "head"\n    skip: true\n',
    ],
  ])('%j', (text, expected) => {
    expect(fixed(text)).toBe(expected);
    expect(parseConfig(expected, 'a').config?.quantization.overrides.at(-1)).toMatchObject({
      match: 'head',
      skip: true,
    });
  });
});
