// An override all of whose keys later ones set again, for every layer that it matches.

import type { LayerOverride } from '../quantization/settings.ts';
import type { RuleContext } from './context.ts';
import type { Finding, FindingData } from './finding.ts';
import { matchesOf, type OverrideMatch } from './override-matches.ts';
import type { Rule } from './rule.ts';

interface Data extends FindingData {
  readonly pattern: string;
  readonly by: readonly string[];
}

export const patternShadowed: Rule<Data> = {
  id: 'pattern-shadowed',
  title: 'An override has no effect, because later ones replace it',
  category: 'config',
  severity: 'warning',
  unnecessary: true,
  check(context: RuleContext): Finding<Data>[] {
    const matches = matchesOf(context);
    return matches.flatMap((match, index) => {
      const by = shadowing(match, matches.slice(index + 1));
      if (by.length === 0) return [];
      const data = {
        pattern: patternOf(match.override),
        by: [...new Set(by.map(({ override }) => patternOf(override)))],
      };
      const at = { kind: 'config', key: ['quantization', 'overrides', index] } as const;
      return [{ rule: 'pattern-shadowed', at, layers: [], data }];
    });
  },
  message: ({ pattern, by }) =>
    `The override for \`${pattern}\` has no effect: later ones, for ${by.map((each) => `\`${each}\``).join(' and ')}, set all of its keys again on the same layers, and the last one wins. Move it behind them or remove it.`,
};

function patternOf({ match }: LayerOverride): string {
  if ('position' in match) return match.position;
  return 'class' in match ? match.class : match.name;
}

/** The later overrides that together hide one; empty where something of it still holds. */
function shadowing(match: OverrideMatch, later: readonly OverrideMatch[]): readonly OverrideMatch[] {
  const used = new Set<OverrideMatch>();
  const keys = keysOf(match.override);
  if (match.layers.length === 0 || keys.length === 0) return [];
  for (const layer of match.layers) {
    for (const key of keys) {
      const hides = later.find(({ override, layers }) => layers.includes(layer) && keysOf(override).includes(key));
      if (hides === undefined) return [];
      used.add(hides);
    }
  }
  return [...used];
}

/** `skip`, `weights.bits`, … that an override sets. */
function keysOf({ skip, weights, activations }: LayerOverride): readonly string[] {
  return [
    ...(skip === undefined ? [] : ['skip']),
    ...Object.keys(weights ?? {}).map((key) => `weights.${key}`),
    ...Object.keys(activations ?? {}).map((key) => `activations.${key}`),
  ];
}
