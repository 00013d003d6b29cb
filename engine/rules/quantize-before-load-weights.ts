// Weights are loaded into the quantized model, whose wrappers have more variables than the float one that saved them.

import { usesOf } from './api-calls.ts';
import type { Finding, FindingData } from './finding.ts';
import type { Rule } from './rule.ts';
import type { SourceFacts } from './source-facts.ts';
import { quoted } from './words.ts';

interface Data extends FindingData {
  readonly model: string;
  readonly quantized: number;
}

export const quantizeBeforeLoadWeights: Rule<Data> = {
  id: 'quantize-before-load-weights',
  title: 'Weights are loaded after the model was quantized',
  category: 'tfmot',
  severity: 'warning',
  checkSource: ({ calls }: SourceFacts) =>
    calls
      .filter(({ function: name }) => name === 'quantize_model' || name === 'quantize_apply')
      .flatMap((call) => {
        const uses = usesOf(call, calls);
        const load = uses.findIndex((use) => use.function === 'load_weights');
        // Behind a fit they are a checkpoint of the quantized model itself.
        if (load < 0 || uses.slice(0, load).some((use) => use.function === 'fit')) return [];
        const finding: Finding<Data> = {
          rule: 'quantize-before-load-weights',
          at: { kind: 'source', at: uses[load].at },
          layers: [],
          data: { model: uses[load].model ?? '', quantized: call.at.line },
        };
        return [finding];
      }),
  message: ({ model, quantized }) =>
    `${quoted(model)} was quantized in line ${quantized}, so it takes only weights that a quantized model saved: those of the float model do not fit its wrappers. Load float weights first, then quantize.`,
};
