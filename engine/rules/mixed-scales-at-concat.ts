// Tensors of different ranges are joined: int8 CONCATENATION has one scale for all of them.

import type { TensorId } from '../graph/tensor.ts';
import { OP_POLICY } from '../quantization/op-policy.ts';
import type { RuleContext } from './context.ts';
import type { Finding, FindingData } from './finding.ts';
import { dataInputs, type GraphView, layerOf } from './graph-view.ts';
import type { Rule } from './rule.ts';
import { type Bounds, boundsOf, boundsText } from './value-bounds.ts';
import { listed, quoted } from './words.ts';

interface Data extends FindingData {
  readonly layer: string;
  readonly narrow: readonly string[];
  readonly wide: readonly string[];
  readonly narrowRange: string;
  readonly wideRange: string;
  /** The narrow ones have a scale that the specification fixes: a QUANTIZE goes between. */
  readonly fixed: boolean;
}

export const mixedScalesAtConcat: Rule<Data> = {
  id: 'mixed-scales-at-concat',
  title: 'A concatenation joins tensors of different ranges',
  category: 'ranges',
  severity: 'information',
  level: 'op',
  check(context: RuleContext): Finding<Data>[] {
    const { fused } = context;
    if (fused === null) return [];
    return fused.graph.ops.flatMap((op) => {
      if (op.kind !== 'CONCATENATION' && op.kind !== 'PACK') return [];
      const split = splitByRange(fused, [...new Set(dataInputs(fused, op))]);
      if (split === null) return [];
      const layer = layerOf(op);
      const nameOf = (id: TensorId): string => nameOfMaker(fused, id);
      const [narrow, wide] = [[...new Set(split.narrow.map(nameOf))], [...new Set(split.wide.map(nameOf))]];
      const data: Data = {
        layer,
        narrow,
        wide,
        narrowRange: boundsText(split.narrowBounds),
        wideRange: boundsText(split.wideBounds),
        fixed: split.narrow.some((id) => hasFixedScale(fused, id)),
      };
      const layers = [...new Set([layer, ...narrow, ...wide])];
      return [{ rule: 'mixed-scales-at-concat', at: { kind: 'layer', layer }, layers, data }];
    });
  },
  message: ({ layer, narrow, wide, narrowRange, wideRange, fixed }) =>
    `${quoted(layer)} joins ${listed(narrow)} (${narrowRange}) and ${listed(wide)} (${wideRange}) under one scale, so the narrower range gets fewer of the 256 steps${fixed ? ', and a QUANTIZE goes between' : ''}. End all branches in the same activation.`,
  related: () => 'is joined under the same scale',
};

interface Split {
  readonly narrow: readonly TensorId[];
  readonly wide: readonly TensorId[];
  readonly narrowBounds: Bounds;
  readonly wideBounds: Bounds;
}

/** Null where all lie between the same values. */
function splitByRange(view: GraphView, ids: readonly TensorId[]): Split | null {
  const bounds = new Map(ids.map((id) => [id, boundsOf(view, id)]));
  const widest = [...bounds.values()].reduce((a, b) => (width(b) > width(a) ? b : a), { min: 0, max: 0 });
  const isWide = (id: TensorId): boolean => width(bounds.get(id)!) === width(widest);
  const narrow = ids.filter((id) => !isWide(id));
  if (narrow.length === 0) return null;
  return { narrow, wide: ids.filter(isWide), narrowBounds: bounds.get(narrow[0])!, wideBounds: widest };
}

/** A half-open range counts less than an open one, both more than any that is closed. */
const width = ({ min, max }: Bounds): number =>
  (Number.isFinite(min) ? -min : 1e30) + (Number.isFinite(max) ? max : 1e30);

function hasFixedScale(view: GraphView, id: TensorId): boolean {
  const maker = view.producers[id];
  return maker !== null && OP_POLICY[maker.kind].kind === 'fixed-output';
}

export function nameOfMaker(view: GraphView, id: TensorId): string {
  const maker = view.producers[id];
  return maker === null ? view.graph.tensors[id].name : layerOf(maker);
}
