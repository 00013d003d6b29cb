// A model used as a layer: TFMOT refuses the whole model.

import type { FindingData } from './finding.ts';
import { refusalFindings } from './refusals.ts';
import type { Rule } from './rule.ts';
import { quoted } from './words.ts';

interface Data extends FindingData {
  readonly layer: string | null;
}

export const nestedModel: Rule<Data> = {
  id: 'nested-model',
  title: 'TFMOT cannot quantize a model inside a model',
  category: 'support',
  severity: 'error',
  level: 'layer',
  check: (context) =>
    refusalFindings('nested-model', context, ['nested-model']).map((finding) => ({
      ...finding,
      data: { layer: finding.data.layer },
    })),
  message: ({ layer }) =>
    `${quoted(layer ?? '')} is a model used as a layer, and quantize_model refuses a model inside a model. Call its layers in this model, for example base = MobileNet(input_tensor=x) and base.output.`,
};
