// The tensor inside a SeparableConv2D: int8 too, with nothing that keeps its range small.

import type { FindingData } from './finding.ts';
import type { Rule } from './rule.ts';
import { quoted } from './words.ts';

interface Data extends FindingData {
  readonly layer: string;
}

export const separableIntermediateRange: Rule<Data> = {
  id: 'separable-intermediate-range',
  title: 'The tensor inside a separable convolution has no bound',
  category: 'fusion',
  severity: 'information',
  check: ({ view }) =>
    view.layers
      .filter(({ layer }) => layer.class === 'SeparableConv2D' || layer.class === 'SeparableConv1D')
      .map(({ path }) => ({
        rule: 'separable-intermediate-range',
        at: { kind: 'layer', layer: path },
        layers: [path],
        data: { layer: path },
      })),
  message: ({ layer }) =>
    `${quoted(layer)} runs as two ops, and the tensor between its depthwise and pointwise half is rounded to 8 bits as well, with no batch normalization or ReLU6 to bound it. If its error is high, write DepthwiseConv2D, BatchNormalization, ReLU(6.) and a 1×1 Conv2D.`,
};
