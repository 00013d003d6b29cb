// A bias right before a batch normalization, which subtracts it again.

import type { FindingData, Fix } from './finding.ts';
import { setArgument } from './fixes/argument-edits.ts';
import { placeOfLayer } from './fixes/layer-place.ts';
import { activationOf, isAccumulator, isBatchNorm } from './layer-facts.ts';
import type { Rule } from './rule.ts';
import { plural, quoted } from './words.ts';

interface Data extends FindingData {
  readonly layer: string;
  readonly batchNorm: string;
  readonly parameters: number | null;
}

export const convolutionBiasBeforeBatchNorm: Rule<Data> = {
  id: 'convolution-bias-before-batch-norm',
  title: 'A bias before a batch normalization has no effect',
  category: 'fusion',
  severity: 'hint',
  check: ({ view }) =>
    view.layers.flatMap(({ path, layer, consumers, isOutput }) => {
      const [reader] = consumers;
      if (!isAccumulator(layer) && layer.class !== 'Conv2DTranspose') return [];
      if (layer.config.use_bias !== true || consumers.length !== 1 || isOutput) return [];
      if (!isBatchNorm(reader.layer) || activationOf(layer) !== 'linear') return [];
      const size = layer.weights.find(({ name }) => name === 'bias')?.shape[0] ?? null;
      const data = { layer: path, batchNorm: reader.path, parameters: size };
      return [
        {
          rule: 'convolution-bias-before-batch-norm',
          at: { kind: 'layer', layer: path },
          layers: [path, reader.path],
          data,
        },
      ];
    }),
  message: ({ layer, batchNorm, parameters }) =>
    `The bias of ${quoted(layer)} has no effect, since ${quoted(batchNorm)} subtracts it with the mean. use_bias=False spares ${parameters === null ? 'its parameters' : plural(parameters, 'parameter')}; the integer model is the same.`,
  related: () => 'takes the bias away again',
  fix(finding, context, source): Fix | null {
    const node = context.view.get(finding.data.layer);
    const place = node && placeOfLayer(node.layer, source);
    return place ? { title: 'Set use_bias=False', edits: [setArgument(place, place.call, 'use_bias', 'False')] } : null;
  },
};
