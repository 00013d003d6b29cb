// An override of the config whose pattern no layer has.

import { closest, distance } from 'fastest-levenshtein';
import type { RuleContext } from './context.ts';
import type { Finding, FindingData } from './finding.ts';
import { classesOf, matchesOf } from './override-matches.ts';
import type { Rule } from './rule.ts';

interface Data extends FindingData {
  readonly pattern: string;
  readonly kind: 'name' | 'class';
  readonly meant: string | null;
}

export const patternMatchesNothing: Rule<Data> = {
  id: 'pattern-matches-nothing',
  title: 'An override matches no layer',
  category: 'config',
  severity: 'warning',
  check(context: RuleContext): Finding<Data>[] {
    const matches = matchesOf(context);
    return matches.flatMap(({ override, layers }, index) => {
      const { match } = override;
      // A position always names some layer of a model with weights.
      if (layers.length > 0 || 'position' in match) return [];
      const [kind, pattern] = 'class' in match ? (['class', match.class] as const) : (['name', match.name] as const);
      const names = kind === 'name' ? context.view.layers.map(({ path }) => path) : [...classesOf(context).values()];
      const data = { pattern, kind, meant: nearestTo(pattern, names) };
      const at = { kind: 'config', key: ['quantization', 'overrides', index, 'match'] } as const;
      return [{ rule: 'pattern-matches-nothing', at, layers: [], data }];
    });
  },
  message: ({ pattern, kind, meant }) =>
    `No layer of the model has the ${kind} \`${pattern}\`, so this override does nothing. ${meant === null ? 'Correct the pattern or remove the override.' : `Did you mean \`${meant}\`?`}`,
};

function nearestTo(pattern: string, names: readonly string[]): string | null {
  if (names.length === 0) return null;
  const best = closest(pattern, names);
  return distance(pattern, best) <= Math.max(2, pattern.length / 3) ? best : null;
}
