// The data of the config has another shape than the model's input, or another number of classes than its output.

import { formatShape, type Shape } from '../graph/tensor.ts';
import type { DataFacts } from './config-facts.ts';
import type { RuleContext } from './context.ts';
import type { Finding, FindingData } from './finding.ts';
import type { Rule } from './rule.ts';

interface Data extends FindingData {
  readonly key: string;
  readonly what: 'shape' | 'classes';
  readonly has: string;
  readonly wants: string;
}

export const dataDoesNotFitInput: Rule<Data> = {
  id: 'data-does-not-fit-input',
  title: 'The data does not fit the model',
  category: 'config',
  severity: 'error',
  check({ config, graph }: RuleContext): Finding<Data>[] {
    if (config === null || graph === null || graph.inputs.length !== 1) return [];
    const input = graph.tensors[graph.inputs[0]].shape.slice(1);
    const output = graph.outputs.length === 1 ? graph.tensors[graph.outputs[0]].shape : [];
    return config.data.flatMap((data) => [...shapeFinding(data, input), ...classFinding(data, output, config.loss)]);
  },
  message: ({ key, what, has, wants }) =>
    what === 'shape'
      ? `The samples of \`${key}\` are ${has}, and the model takes ${wants}. Resize or reshape the data, or change the model's input.`
      : `The labels of \`${key}\` have ${has} classes, and the model's output has ${wants}. Change the last layer, or the labels.`,
};

const found = (data: DataFacts, rest: Omit<Data, 'key'>): Finding<Data> => ({
  rule: 'data-does-not-fit-input',
  at: { kind: 'config', key: data.key },
  layers: [],
  data: { key: data.key.join('.'), ...rest } as Data,
});

/** An unknown size fits any; sizes of 1 may be left out. */
function shapeFinding(data: DataFacts, input: Shape): Finding<Data>[] {
  if (data.sampleShape === null) return [];
  const plain = (shape: Shape): Shape => shape.filter((size) => size !== 1);
  const [has, wants] = [plain(data.sampleShape), plain(input)];
  if (has.length === wants.length && wants.every((size, axis) => size === null || size === has[axis])) return [];
  return [found(data, { what: 'shape', has: formatShape(data.sampleShape), wants: formatShape(input) })];
}

/** One output is a sigmoid, which has two classes. */
function classFinding(data: DataFacts, output: Shape, loss: string | null): Finding<Data>[] {
  const outputs = output.at(-1);
  if (data.classes === null || typeof outputs !== 'number' || output.length !== 2) return [];
  if (loss !== null && !loss.includes('crossentropy')) return [];
  const wants = outputs === 1 ? 2 : outputs;
  return data.classes <= wants
    ? []
    : [found(data, { what: 'classes', has: String(data.classes), wants: String(wants) })];
}
