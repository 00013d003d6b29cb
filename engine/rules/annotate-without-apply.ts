// Layers are annotated for TFMOT, and nothing quantizes them.

import type { Finding, FindingData } from './finding.ts';
import type { Rule } from './rule.ts';
import type { SourceFacts } from './source-facts.ts';

interface Data extends FindingData {
  readonly annotate: string;
}

export const annotateWithoutApply: Rule<Data> = {
  id: 'annotate-without-apply',
  title: 'Annotated layers are never quantized',
  category: 'tfmot',
  severity: 'warning',
  checkSource({ calls }: SourceFacts): Finding<Data>[] {
    if (calls.some((call) => call.function === 'quantize_apply')) return [];
    const annotations = calls.filter(({ function: name }) => name.startsWith('quantize_annotate'));
    const [first] = annotations;
    if (first === undefined) return [];
    return [
      {
        rule: 'annotate-without-apply',
        at: { kind: 'source', at: first.at },
        layers: [],
        data: { annotate: first.function },
      },
    ];
  },
  message: ({ annotate }) =>
    `${annotate} only marks layers, and no quantize_apply follows in this file, so the model trains in float. Call quantize_apply on the annotated model before compile.`,
};
