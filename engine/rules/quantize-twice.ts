// A model that is quantized already is quantized once more.

import { usesOf } from './api-calls.ts';
import type { Finding, FindingData } from './finding.ts';
import type { Rule } from './rule.ts';
import type { SourceFacts } from './source-facts.ts';
import { quoted } from './words.ts';

interface Data extends FindingData {
  readonly model: string;
  readonly first: number;
}

const QUANTIZES: ReadonlySet<string> = new Set(['quantize_model', 'quantize_apply']);
const AGAIN: ReadonlySet<string> = new Set(['quantize_model', 'quantize_apply', 'quantize_annotate_model']);

export const quantizeTwice: Rule<Data> = {
  id: 'quantize-twice',
  title: 'A quantized model is quantized again',
  category: 'tfmot',
  severity: 'error',
  checkSource: ({ calls }: SourceFacts) =>
    calls
      .filter((call) => QUANTIZES.has(call.function))
      .flatMap((call) =>
        usesOf(call, calls)
          .filter((use) => AGAIN.has(use.function))
          .map(
            (use): Finding<Data> => ({
              rule: 'quantize-twice',
              at: { kind: 'source', at: use.at },
              layers: [],
              data: { model: use.model ?? '', first: call.at.line },
            }),
          ),
      ),
  message: ({ model, first }) =>
    `${quoted(model)} has been quantized in line ${first}, and TFMOT does not quantize its own wrappers: this call raises an error. Quantize the float model once.`,
};
