// An activation that changes nothing, because what stands before it has already done it.

import type { FindingData, Fix } from './finding.ts';
import { removeLayer } from './fixes/remove-layer.ts';
import { activationOf } from './layer-facts.ts';
import type { LayerNode } from './model-view.ts';
import type { Rule } from './rule.ts';
import { quoted } from './words.ts';

interface Data extends FindingData {
  readonly layer: string;
  readonly activation: string;
  readonly before: string | null;
}

export const redundantActivation: Rule<Data> = {
  id: 'redundant-activation',
  title: 'An activation has no effect',
  category: 'fusion',
  severity: 'hint',
  unnecessary: true,
  check: ({ view }) =>
    view.layers.flatMap((node) => {
      const activation = activationLayer(node);
      const before = node.inputs[0];
      if (activation === null) return [];
      const has = before === undefined ? null : outputOf(before);
      if (activation !== 'linear' && !(has !== null && NO_EFFECT[activation]?.includes(has))) return [];
      const layers = activation === 'linear' ? [node.path] : [node.path, before.path];
      const data = { layer: node.path, activation, before: activation === 'linear' ? null : before.path };
      return [{ rule: 'redundant-activation', at: { kind: 'layer', layer: node.path }, layers, data }];
    }),
  message: ({ layer, activation, before }) =>
    before === null
      ? `The linear activation ${quoted(layer)} changes nothing. Remove it.`
      : `The ${activation} of ${quoted(layer)} changes nothing: the values of ${quoted(before)} are in its range already. Remove it.`,
  related: () => 'makes the values that need no activation',
  fix(finding, context, source): Fix | null {
    const node = context.view.get(finding.data.layer);
    const edits = node && node.callCount === 1 ? removeLayer(node.layer, source) : null;
    return edits && { title: `Remove '${finding.data.layer}'`, edits };
  },
};

/** Activations that leave the values of another one as they are. */
const NO_EFFECT: { readonly [activation: string]: readonly string[] } = {
  relu: ['relu', 'relu6', 'sigmoid', 'softmax'],
  relu6: ['relu6', 'sigmoid', 'softmax'],
};

function activationLayer({ layer }: LayerNode): string | null {
  if (layer.class === 'Activation') return activationOf(layer);
  if (layer.class !== 'ReLU' || layer.config.negative_slope || layer.config.threshold) return null;
  if (layer.config.max_value === null || layer.config.max_value === undefined) return 'relu';
  return layer.config.max_value === 6 ? 'relu6' : null;
}

function outputOf(node: LayerNode): string | null {
  const own = activationLayer(node);
  if (own !== null) return own;
  if (node.layer.class === 'Softmax') return 'softmax';
  return 'activation' in node.layer.config ? activationOf(node.layer) : null;
}
