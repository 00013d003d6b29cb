// Where a finding stands in the file that was checked: a layer that an imported file makes stands where it is called for.

import type { SourceLocation } from '../../engine/keras/model.ts';
import type { PresentedFinding } from '../../engine/rules/present.ts';
import type { CheckedModel } from '../../host/check/check-file.ts';

/** The place in `file`, else the place wherever it is; null for a model that has no text. */
export function placeIn(
  file: string,
  { at, finding }: PresentedFinding,
  { context }: CheckedModel,
): SourceLocation | null {
  if (at === null || at.file === file || finding.at.kind !== 'layer') return at;
  const origin = context?.view.get(finding.at.layer)?.layer.origin;
  return origin?.callStack.findLast((call) => call.file === file) ?? at;
}
