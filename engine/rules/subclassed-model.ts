// A subclassed model: its layers are wired by Python code that runs on each call, which nobody can transform.

import type { FindingData } from './finding.ts';
import type { Rule } from './rule.ts';
import { quoted } from './words.ts';

interface Data extends FindingData {
  readonly model: string;
  readonly refused: boolean;
}

const GRAPHS = new Set(['Sequential', 'Functional', 'Model']);

export const subclassedModel: Rule<Data> = {
  id: 'subclassed-model',
  title: 'A subclassed model has no graph to quantize',
  category: 'support',
  severity: 'warning',
  severityOf: ({ refused }) => (refused ? 'error' : 'warning'),
  check({ model, target, graph }) {
    const refused = target.level === 'layer';
    if (GRAPHS.has(model.class) || (!refused && graph !== null)) return [];
    return [{ rule: 'subclassed-model', at: { kind: 'model' }, layers: [], data: { model: model.class, refused } }];
  },
  message: ({ model, refused }) =>
    refused
      ? `quantize_model takes Sequential and Functional models only, and ${quoted(model)} is a subclass. Build it as keras.Model(inputs, outputs).`
      : `${quoted(model)} is wired by its call method, so its graph is not known and is not checked. Build it as keras.Model(inputs, outputs).`,
};
