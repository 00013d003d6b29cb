// An activation that grows with its input, behind a layer that nothing normalizes: one large value makes all steps coarse.

import type { RuleContext } from './context.ts';
import type { Finding, FindingData, Fix } from './finding.ts';
import { insertBatchNorm } from './fixes/insert-batch-norm.ts';
import { activationOf, isAccumulator, isBatchNorm } from './layer-facts.ts';
import type { LayerNode } from './model-view.ts';
import type { Rule } from './rule.ts';
import { quoted } from './words.ts';

interface Data extends FindingData {
  readonly layer: string;
  readonly activation: string;
  readonly producer: string;
  /** `exponential`, whose range grows faster than its input's. */
  readonly explosive: boolean;
}

export const unboundedActivationOutput: Rule<Data> = {
  id: 'unbounded-activation-output',
  title: 'Nothing bounds the output of an activation',
  category: 'ranges',
  severity: 'information',
  severityOf: ({ explosive }) => (explosive ? 'warning' : 'information'),
  check: ({ view }: RuleContext) =>
    view.layers.flatMap((node): Finding<Data>[] => {
      const activation = growingActivation(node);
      if (activation === null || node.consumers.length === 0) return [];
      const producer = ownsWeights(node) ? node : node.inputs[0];
      const explosive = EXPLOSIVE.has(activation);
      // A batch normalization keeps what goes in near ±3, unless the activation exponentiates it.
      if (producer === undefined || (!explosive && !ownsWeights(producer))) return [];
      const layers = [...new Set([node.path, producer.path])];
      const data = { layer: node.path, activation, producer: producer.path, explosive };
      return [{ rule: 'unbounded-activation-output', at: { kind: 'layer', layer: node.path }, layers, data }];
    }),
  message: ({ layer, activation, producer, explosive }) =>
    explosive
      ? `The ${activation} of ${quoted(layer)} grows exponentially, so a few values set the scale and most others round to 0. Use a bounded activation, or keep it in float.`
      : `Neither a batch normalization nor the ${activation} of ${quoted(layer)} bounds ${layer === producer ? 'its output' : `what ${quoted(producer)} gives`}, so one large value makes all 256 steps coarse. Put a BatchNormalization before the activation, or use ReLU(6.).`,
  related: () => 'has no batch normalization behind it',
  fix({ data }, context, source): Fix | null {
    const producer = context.view.get(data.producer);
    if (producer === undefined || data.explosive) return null;
    return insertBatchNorm(producer.layer, source);
  },
};

const EXPLOSIVE: ReadonlySet<string> = new Set(['exponential', 'exp', 'square']);
const GROWING: ReadonlySet<string> = new Set([
  'relu',
  'elu',
  'selu',
  'gelu',
  'swish',
  'silu',
  'mish',
  'softplus',
  'leaky_relu',
  'hard_swish',
  'hard_silu',
]);
const BY_CLASS: { readonly [className: string]: string } = { LeakyReLU: 'leaky_relu', ELU: 'elu', PReLU: 'PReLU' };

function growingActivation({ layer }: LayerNode): string | null {
  if (layer.class === 'ReLU') return layer.config.max_value == null ? 'relu' : null;
  if (BY_CLASS[layer.class] !== undefined) return BY_CLASS[layer.class];
  if (!('activation' in layer.config) || isBatchNorm(layer)) return null;
  if (layer.class !== 'Activation' && !isAccumulator(layer) && layer.class !== 'Conv2DTranspose') return null;
  const name = activationOf(layer);
  return GROWING.has(name) || EXPLOSIVE.has(name) ? name : null;
}

const ownsWeights = ({ layer }: LayerNode): boolean => isAccumulator(layer) || layer.class === 'Conv2DTranspose';
