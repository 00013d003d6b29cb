// The file of weights that the config names does not fit the model.

import type { RuleContext } from './context.ts';
import type { Finding, FindingData } from './finding.ts';
import type { Rule } from './rule.ts';

interface Data extends FindingData {
  readonly problem: string;
  readonly more: number;
}

export const weightsDoNotMatchModel: Rule<Data> = {
  id: 'weights-do-not-match-model',
  title: 'The weights do not fit the model',
  category: 'config',
  severity: 'error',
  check({ config }: RuleContext): Finding<Data>[] {
    const [problem, ...more] = config?.weightsProblems ?? [];
    if (problem === undefined) return [];
    const at = { kind: 'config', key: config?.weightsKey ?? ['weights'] } as const;
    return [{ rule: 'weights-do-not-match-model', at, layers: [], data: { problem, more: more.length } }];
  },
  message: ({ problem, more }) =>
    `${problem}${more === 0 ? '' : ` ${more} more ${more === 1 ? 'layer has' : 'layers have'} the same trouble.`} Name the weights of this model, or the model of these weights.`,
};
