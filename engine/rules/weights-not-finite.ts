// NaN or infinite weights: no scale holds them.

import type { RuleContext } from './context.ts';
import { atLayer, type Finding, type FindingData } from './finding.ts';
import type { Rule } from './rule.ts';
import { count, quoted } from './words.ts';

interface Data extends FindingData {
  readonly layer: string;
  readonly weight: string;
  readonly wrong: number;
  readonly total: number;
  readonly value: string;
}

export const weightsNotFinite: Rule<Data> = {
  id: 'weights-not-finite',
  title: 'A weight is NaN or infinite',
  category: 'weights',
  severity: 'error',
  check({ weights }: RuleContext): Finding<Data>[] {
    return [...(weights ?? [])].flatMap(([layer, arrays]) =>
      arrays.flatMap(({ name, data: values }): Finding<Data>[] => {
        let wrong = 0;
        let first = 0;
        for (const value of values) if (!Number.isFinite(value) && wrong++ === 0) first = value;
        if (wrong === 0) return [];
        const data = { layer, weight: name, wrong, total: values.length, value: String(first) };
        return [atLayer('weights-not-finite', data)];
      }),
    );
  },
  message: ({ layer, weight, wrong, total, value }) =>
    `${count(wrong)} of ${count(total)} values of ${quoted(weight)} of ${quoted(layer)} are not finite (the first is ${value}), so it has no scale. Load weights from before the training diverged.`,
};
