// relu6 by name: TFMOT's patterns know the ReLU layer and Activation('relu'), and refuse activation='relu6'.

import type { FindingData, Fix } from './finding.ts';
import { replaceActivationLayer, splitActivation } from './fixes/split-activation.ts';
import { activationOf, isBatchNorm } from './layer-facts.ts';
import { refusalFindings } from './refusals.ts';
import type { Rule } from './rule.ts';
import { quoted } from './words.ts';

interface Data extends FindingData {
  readonly layer: string;
  readonly form: 'argument' | 'layer';
  readonly producer: string | null;
}

export const relu6NotFused: Rule<Data> = {
  id: 'relu6-not-fused',
  title: 'relu6 by name is not fused, or refused',
  category: 'fusion',
  severity: 'warning',
  severityOf: ({ form }) => (form === 'argument' ? 'error' : 'warning'),
  level: 'layer',
  check(context) {
    const refused = new Set(
      refusalFindings('relu6-not-fused', context, ['activation-argument'])
        .filter(({ data }) => data.what === 'relu6')
        .flatMap(({ layers }) => layers),
    );
    return context.view.layers.flatMap(({ path, layer, inputs }) => {
      const before = inputs[0];
      const form = refused.has(path)
        ? 'argument'
        : layer.class === 'Activation' && activationOf(layer) === 'relu6'
          ? 'layer'
          : null;
      if (form === null) return [];
      if (form === 'layer' && !(before && (isBatchNorm(before.layer) || FUSED.has(before.layer.class)))) return [];
      const producer = form === 'layer' ? (before?.path ?? null) : null;
      const layers = producer === null ? [path] : [path, producer];
      return [
        { rule: 'relu6-not-fused', at: { kind: 'layer', layer: path }, layers, data: { layer: path, form, producer } },
      ];
    });
  },
  message: ({ layer, form, producer }) =>
    form === 'argument'
      ? `quantize_model fails on activation='relu6' of ${quoted(layer)}, without naming the layer. Follow it by a ReLU(6.) layer instead.`
      : `TFMOT does not fuse Activation('relu6') ${quoted(layer)} into ${quoted(producer ?? '')}: it quantizes before and after it, where LiteRT rounds once. Write ReLU(6.).`,
  related: () => 'would take the activation over',
  fix(finding, context, source): Fix | null {
    const node = context.view.get(finding.data.layer);
    if (node === undefined) return null;
    if (finding.data.form === 'argument') return splitActivation(node.layer, 'ReLU(6.)', source);
    return replaceActivationLayer(node.layer, 'ReLU', '6.', source);
  },
};

const FUSED = new Set(['Add', 'Conv2D', 'DepthwiseConv2D', 'Dense', 'SeparableConv2D']);
