// Where a finding stands in one file: a layer that an imported file makes stands where the file calls for it.

import type { SourceLocation } from '../keras/model.ts';
import type { RuleContext } from './context.ts';
import type { PresentedFinding } from './present.ts';

/** The place in `file`, else the place wherever it is; null for a model that has no text. */
export function placeIn(
  file: string,
  { at, finding }: PresentedFinding,
  context: RuleContext | null,
): SourceLocation | null {
  if (at === null || at.file === file || finding.at.kind !== 'layer') return at;
  const origin = context?.view.get(finding.at.layer)?.layer.origin;
  return origin?.callStack.findLast((call) => call.file === file) ?? at;
}
