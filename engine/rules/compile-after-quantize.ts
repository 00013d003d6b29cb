// quantize_model gives a new model without an optimizer: the one that was compiled is the float model.

import { usesOf } from './api-calls.ts';
import type { Finding, FindingData } from './finding.ts';
import type { Rule } from './rule.ts';
import type { SourceFacts } from './source-facts.ts';
import { quoted } from './words.ts';

interface Data extends FindingData {
  readonly model: string;
  readonly quantized: number;
}

export const compileAfterQuantize: Rule<Data> = {
  id: 'compile-after-quantize',
  title: 'A quantized model is trained without being compiled again',
  category: 'tfmot',
  severity: 'error',
  checkSource: ({ calls }: SourceFacts) =>
    calls
      .filter(({ function: name }) => name === 'quantize_model' || name === 'quantize_apply')
      .flatMap((call) => {
        const uses = usesOf(call, calls);
        const first = uses.find(({ function: name }) => name === 'compile' || name === 'fit');
        if (first?.function !== 'fit') return [];
        const finding: Finding<Data> = {
          rule: 'compile-after-quantize',
          at: { kind: 'source', at: first.at },
          layers: [],
          data: { model: first.model ?? '', quantized: call.at.line },
        };
        return [finding];
      }),
  message: ({ model, quantized }) =>
    `${quoted(model)} comes from the quantization in line ${quantized}, which drops the optimizer and the loss, so fit raises "You must compile your model". Call ${model}.compile(…) in between.`,
};
