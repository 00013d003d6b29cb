// The findings that come from TFMOT's refusals: each rule picks its reasons.

import type { RuleContext } from './context.ts';
import type { Finding, FindingData, FindingPlace } from './finding.ts';
import type { Refusal, RefusalReason } from './tfmot/verdict.ts';

/** What rules of TFMOT's refusals hand to their messages. */
export interface RefusalData extends FindingData {
  readonly layer: string | null;
  readonly what: string;
  readonly reason: string;
  /** `quantize_model` stops here; the others are found one run later. */
  readonly first: boolean;
}

export function refusalFindings(
  rule: string,
  context: RuleContext,
  reasons: readonly RefusalReason[],
): Finding<RefusalData>[] {
  const refusals = context.verdict?.refusals ?? [];
  return refusals
    .filter(({ reason }) => reasons.includes(reason))
    .map((refusal) => ({
      rule,
      at: placeOf(refusal),
      layers: refusal.layer === null ? [] : [refusal.layer],
      data: { layer: refusal.layer, what: refusal.what, reason: refusal.reason, first: refusal === refusals[0] },
    }));
}

const placeOf = ({ layer }: Refusal): FindingPlace => (layer === null ? { kind: 'model' } : { kind: 'layer', layer });

/** Ends a message about a refusal. */
export const stopsHere = (data: RefusalData): string => (data.first ? ' quantize_model stops at this layer.' : '');
