// A ZeroPadding2D before a convolution without padding: an op of its own, which `padding='same'` may spare.

import type { FindingData, Fix, TextEdit } from './finding.ts';
import { setArgument } from './fixes/argument-edits.ts';
import { edit, type LayerPlace, placeOfLayer } from './fixes/layer-place.ts';
import { removeLayer } from './fixes/remove-layer.ts';
import { appliedTo, assignedName, deleteStatement } from './fixes/statement-edits.ts';
import { pair } from './layer-facts.ts';
import type { LayerNode } from './model-view.ts';
import type { Rule } from './rule.ts';
import { count, quoted } from './words.ts';

interface Data extends FindingData {
  readonly layer: string;
  readonly convolution: string;
  /** `padding='same'` adds exactly these zeros. */
  readonly same: boolean;
  readonly padding: string;
  readonly elements: number | null;
}

export const paddingNotFused: Rule<Data> = {
  id: 'padding-not-fused',
  title: 'Zero padding before a convolution is an operation of its own',
  category: 'fusion',
  severity: 'information',
  check: ({ view }) =>
    view.layers.flatMap((node) => {
      const convolution = paddedConvolution(node);
      if (convolution === null) return [];
      const amounts = paddingOf(node);
      const same = amounts !== null && samePads(node, convolution, amounts);
      const shape = node.layer.outputShape as readonly (number | null)[] | null;
      const sizes = shape?.slice(1) ?? [null];
      const elements = sizes.includes(null) ? null : sizes.reduce<number>((total, size) => total * (size ?? 1), 1);
      const layers = [node.path, convolution.path];
      const data = {
        layer: node.path,
        convolution: convolution.path,
        same,
        padding: JSON.stringify(amounts),
        elements,
      };
      return [{ rule: 'padding-not-fused', at: { kind: 'layer', layer: node.path }, layers, data }];
    }),
  message({ layer, convolution, same, elements }) {
    const cost = elements === null ? 'one more op' : `one more op that copies ${count(elements)} values`;
    return same
      ? `${quoted(layer)} adds the zeros that padding='same' of ${quoted(convolution)} adds as well. Use that, and spare ${cost}.`
      : `${quoted(layer)} before ${quoted(convolution)} is ${cost}. padding='same' pads other sides here, so it would not compute the same.`;
  },
  related: () => 'could pad its input itself',
  fix(finding, context, source): Fix | null {
    const padding = context.view.get(finding.data.layer);
    const convolution = context.view.get(finding.data.convolution);
    if (!finding.data.same || padding === undefined || convolution === undefined) return null;
    const from = placeOfLayer(padding.layer, source);
    const to = placeOfLayer(convolution.layer, source);
    if (from === null || to === null || from.file !== to.file) return null;
    const same = setArgument(to, to.call, 'padding', "'same'");
    const removed = removeNamed(from, to) ?? removeLayer(padding.layer, source);
    return removed && { title: "Use padding='same'", edits: [...removed, same] };
  },
};

/** `padded = ZeroPadding2D()(x)`, read by the convolution alone: that reads `x` instead. */
function removeNamed(from: LayerPlace, to: LayerPlace): readonly TextEdit[] | null {
  const name = assignedName(from);
  const input = appliedTo(from);
  const argument = to.applied?.args[0];
  if (name === null || input === null || argument === undefined || appliedTo(to) !== name) return null;
  // The name must not live on: it is written where it is made and where it is read.
  const uses = from.module.text.match(new RegExp(`\\b${name}\\b`, 'g')) ?? [];
  const removed = uses.length === 2 ? deleteStatement(from) : null;
  return removed && [removed, edit(to, argument.start, argument.end, input)];
}

const CONVOLUTIONS = new Set(['Conv2D', 'DepthwiseConv2D', 'SeparableConv2D']);

/** The one convolution without padding that reads a ZeroPadding2D. */
function paddedConvolution({ layer, consumers, isOutput, callCount }: LayerNode): LayerNode | null {
  const [reader] = consumers;
  if (layer.class !== 'ZeroPadding2D' || consumers.length !== 1 || isOutput || callCount !== 1) return null;
  if (!CONVOLUTIONS.has(reader.layer.class) || reader.callCount !== 1) return null;
  return reader.layer.config.padding === 'valid' && reader.layer.config.data_format !== 'channels_first'
    ? reader
    : null;
}

type Amounts = readonly (readonly [before: number, after: number])[];

function paddingOf({ layer }: LayerNode): Amounts | null {
  const value = layer.config.padding;
  if (typeof value === 'number')
    return [
      [value, value],
      [value, value],
    ];
  if (!Array.isArray(value) || value.length !== 2) return null;
  return value.map((side) => (typeof side === 'number' ? [side, side] : pair(side, 0))) as unknown as Amounts;
}

/** What `same` adds: as much as the output of ceil(size / stride) needs, the odd one behind. */
function samePads(padding: LayerNode, { layer }: LayerNode, amounts: Amounts): boolean {
  const padded = padding.layer.outputShape as readonly (number | null)[] | null;
  const kernel = pair(layer.config.kernel_size, 1);
  const stride = pair(layer.config.strides, 1);
  const dilation = pair(layer.config.dilation_rate, 1);
  return [0, 1].every((axis) => {
    const [before, after] = amounts[axis];
    const size = padded?.[axis + 1];
    if (typeof size !== 'number')
      return before === after && stride[axis] === 1 && 2 * before === (kernel[axis] - 1) * dilation[axis];
    const input = size - before - after;
    const reach = (kernel[axis] - 1) * dilation[axis] + 1;
    const total = Math.max((Math.ceil(input / stride[axis]) - 1) * stride[axis] + reach - input, 0);
    return before === total >> 1 && after === total - (total >> 1);
  });
}
