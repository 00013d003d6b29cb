// A layer, function or initializer of the user's own that TFMOT can neither copy nor quantize.

import type { FindingData } from './finding.ts';
import { refusalFindings } from './refusals.ts';
import type { Rule } from './rule.ts';
import { quoted } from './words.ts';

interface Data extends FindingData {
  readonly layer: string | null;
  readonly what: string;
  /** Keras cannot find it by name; otherwise only the QuantizeConfig is missing. */
  readonly unregistered: boolean;
}

export const customLayerWithoutQuantizeConfig: Rule<Data> = {
  id: 'custom-layer-without-quantize-config',
  title: 'TFMOT needs a QuantizeConfig and a scope for a custom layer',
  category: 'support',
  severity: 'error',
  level: 'layer',
  check: (context) =>
    refusalFindings('custom-layer-without-quantize-config', context, ['custom-object', 'custom-class']).map(
      (finding) => {
        const { layer, what, reason } = finding.data;
        return { ...finding, data: { layer, what, unregistered: reason === 'custom-object' } };
      },
    ),
  message: ({ layer, what, unregistered }) =>
    unregistered
      ? `${what} of ${quoted(layer ?? '')} is your own, so quantize_model fails with "Unable to clone model". Call it inside with quantize_scope({'${what}': ${what}}), and give the layer a QuantizeConfig by quantize_annotate_layer.`
      : `TFMOT does not know how to quantize your layer ${quoted(layer ?? '')} (${what}). Give it a QuantizeConfig by quantize_annotate_layer.`,
};
