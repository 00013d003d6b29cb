// A layer that the target has, with an argument or a shape that it has not.

import type { Op } from '../graph/op.ts';
import { formatShape } from '../graph/tensor.ts';
import type { OpLimit } from '../quantization/targets/target.ts';
import type { RuleContext } from './context.ts';
import type { Finding, FindingData } from './finding.ts';
import { type GraphView, layerOf } from './graph-view.ts';
import { refusalFindings } from './refusals.ts';
import type { Rule } from './rule.ts';
import { quoted } from './words.ts';

interface Data extends FindingData {
  readonly layer: string;
  readonly target: string;
  /** What is wrong, as the end of a sentence that starts with the layer. */
  readonly problem: string;
  readonly advice: string;
}

export const unsupportedAttribute: Rule<Data> = {
  id: 'unsupported-attribute',
  title: 'The target has the layer, but not with this argument or shape',
  category: 'support',
  severity: 'error',
  check: (context) => [...refused(context), ...limits(context), ...dynamicShapes(context), ...channelsFirst(context)],
  message: ({ layer, target, problem, advice }) =>
    `${quoted(layer)} ${problem}, which ${target} does not support. ${advice}`,
};

const found = (layer: string, target: string, problem: string, advice: string): Finding<Data> => ({
  rule: 'unsupported-attribute',
  at: { kind: 'layer', layer },
  layers: [layer],
  data: { layer, target, problem, advice },
});

function refused(context: RuleContext): Finding<Data>[] {
  return refusalFindings('unsupported-attribute', context, ['causal-padding', 'separable-1d']).map(({ data }) =>
    data.reason === 'causal-padding'
      ? found(
          data.layer ?? '',
          'TFMOT',
          "has padding='causal'",
          "Pad with ZeroPadding1D before it and use padding='valid'.",
        )
      : found(
          data.layer ?? '',
          'TFMOT',
          'is a SeparableConv1D in a Functional model, which is rewritten with Lambda layers that tf_keras refuses to load',
          'Use SeparableConv2D over a Reshape, or a Sequential model.',
        ),
  );
}

const PROBLEMS: {
  readonly [K in OpLimit]: readonly [test: (op: Op, view: GraphView) => boolean, problem: string, advice: string];
} = {
  'no-dilation': [
    (op) => dilation(op).some((rate) => rate > 1),
    'is dilated',
    'Use dilation_rate=1 with a larger kernel.',
  ],
  'equal-dilation': [
    (op) => dilation(op)[0] !== dilation(op)[1],
    'has different dilation rates in height and width',
    'Use the same rate in both directions.',
  ],
  'no-fused-activation': [
    (op) => 'activation' in op.options && op.options.activation !== 'NONE',
    'has its activation fused into it',
    'Move the activation before the layer.',
  ],
  'reduces-height-or-width': [
    (op, view) => ![1, 2].some((axis) => axesOf(op, view)?.includes(axis) ?? true),
    'reduces another axis than height or width',
    'Reduce over height and width only.',
  ],
  'pads-height-or-width': [
    (op, view) => padsOtherAxes(op, view),
    'pads another axis than height or width',
    'Pad height and width only.',
  ],
  'one-dimensional': [
    (op, view) => view.graph.tensors[op.inputs[0] ?? 0].shape.slice(1, -1).some((size) => size !== 1),
    'works on more than one dimension',
    'Apply it to a vector, after Flatten or global pooling.',
  ],
  'unit-strides': [
    (op, view) => [...(view.graph.tensors[op.inputs[3] ?? 0]?.data ?? [])].some((stride) => Number(stride) !== 1),
    'takes every second or later element',
    'Use pooling or a strided convolution.',
  ],
};

function limits(context: RuleContext): Finding<Data>[] {
  const { fused, target } = context;
  if (fused === null || target.level !== 'op') return [];
  return fused.graph.ops.flatMap((op) => {
    const support = target.ops[op.kind];
    if (support.kind !== 'integer') return [];
    return (support.limits ?? [])
      .map((limit) => PROBLEMS[limit])
      .filter(([test]) => test(op, fused))
      .map(([, problem, advice]) => found(layerOf(op), target.name, problem, advice));
  });
}

const dilation = (op: Op): readonly [number, number] =>
  'dilationH' in op.options ? [op.options.dilationH, op.options.dilationW] : [1, 1];

function axesOf(op: Op, view: GraphView): readonly number[] | null {
  const axes = op.inputs[1];
  const data = axes === null || axes === undefined ? undefined : view.graph.tensors[axes].data;
  return data === undefined ? null : [...data].map(Number);
}

function padsOtherAxes(op: Op, view: GraphView): boolean {
  const amounts = axesOf(op, view) ?? [];
  return amounts.some((amount, index) => amount !== 0 && index >> 1 !== 1 && index >> 1 !== 2);
}

/** Sizes that are only known when the model runs. The batch may stay open: it is fixed when the model is exported. */
function dynamicShapes(context: RuleContext): Finding<Data>[] {
  const { target, graph } = context;
  if (target.level !== 'op' || !target.staticShapes || graph === null) return [];
  return graph.inputs.flatMap((id) => {
    const { shape, name } = graph.tensors[id];
    if (!shape.slice(1).includes(null)) return [];
    return [
      found(name, target.name, `has the shape ${formatShape(shape)} with open sizes`, 'Give the input a fixed shape.'),
    ];
  });
}

/** LiteRT's kernels are NHWC: the converter puts a TRANSPOSE on both sides of such a layer. */
function channelsFirst(context: RuleContext): Finding<Data>[] {
  const { target, view } = context;
  if (target.level !== 'op') return [];
  return view.layers
    .filter(({ layer }) => layer.config.data_format === 'channels_first' && layer.class !== 'Flatten')
    .map(({ path }) =>
      found(
        path,
        target.name,
        "has data_format='channels_first'",
        "Use 'channels_last': otherwise a TRANSPOSE goes before and after it.",
      ),
    );
}
