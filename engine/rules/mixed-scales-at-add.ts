// One operand of an addition is bounded and the other is not: the sum's scale is that of the larger one.

import type { RuleContext } from './context.ts';
import type { Finding, FindingData } from './finding.ts';
import { dataInputs, layerOf } from './graph-view.ts';
import { nameOfMaker } from './mixed-scales-at-concat.ts';
import type { Rule } from './rule.ts';
import { type Bounds, boundsOf, boundsText, isBounded } from './value-bounds.ts';
import { quoted } from './words.ts';

interface Data extends FindingData {
  readonly layer: string;
  readonly narrow: string;
  readonly wide: string;
  readonly narrowRange: string;
  readonly wideRange: string;
}

/** Two bits of the narrower operand are lost from here on. */
const RATIO = 4;

export const mixedScalesAtAdd: Rule<Data> = {
  id: 'mixed-scales-at-add',
  title: 'An addition mixes a small range and a large one',
  category: 'ranges',
  severity: 'information',
  level: 'op',
  check({ fused }: RuleContext): Finding<Data>[] {
    if (fused === null) return [];
    return fused.graph.ops.flatMap((op) => {
      if (op.kind !== 'ADD' && op.kind !== 'SUB') return [];
      const [first, second] = dataInputs(fused, op);
      if (second === undefined || first === second) return [];
      const [a, b] = [boundsOf(fused, first), boundsOf(fused, second)];
      if (!isMixed(a, b)) return [];
      const [narrow, wide] = isNarrower(a, b) ? [first, second] : [second, first];
      const [narrowBounds, wideBounds] = isNarrower(a, b) ? [a, b] : [b, a];
      const layer = layerOf(op);
      const data: Data = {
        layer,
        narrow: nameOfMaker(fused, narrow),
        wide: nameOfMaker(fused, wide),
        narrowRange: boundsText(narrowBounds),
        wideRange: boundsText(wideBounds),
      };
      const layers = [...new Set([layer, data.narrow, data.wide])];
      return [{ rule: 'mixed-scales-at-add', at: { kind: 'layer', layer }, layers, data }];
    });
  },
  message: ({ layer, narrow, wide, narrowRange, wideRange }) =>
    `${quoted(layer)} adds ${quoted(narrow)} (${narrowRange}) to ${quoted(wide)} (${wideRange}), and the sum has the scale of the larger one, so fine steps of the smaller are rounded away. Bound both by the same activation, or add before it.`,
  related: () => 'is an operand of the addition',
};

/** One is closed and the other open, or both are closed and far apart. */
function isMixed(a: Bounds, b: Bounds): boolean {
  if (isBounded(a) !== isBounded(b)) return true;
  if (!isBounded(a)) return false;
  const [x, y] = [a.max - a.min, b.max - b.min];
  return Math.min(x, y) > 0 && Math.max(x, y) / Math.min(x, y) >= RATIO;
}

const isNarrower = (a: Bounds, b: Bounds): boolean => a.max - a.min < b.max - b.min;
