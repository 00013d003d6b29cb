// A batch normalization that no convolution or dense can take over: TFMOT refuses it, LiteRT computes it as two more ops.

import type { RuleContext } from './context.ts';
import type { Finding, FindingData, Fix } from './finding.ts';
import { moveAfter } from './fixes/move-statement.ts';
import { moveActivationBehind } from './fixes/split-activation.ts';
import { elementsOf } from './graph-view.ts';
import { activationOf, isAccumulator, isBatchNorm, isTrainingOnly } from './layer-facts.ts';
import type { LayerNode } from './model-view.ts';
import { refusalFindings } from './refusals.ts';
import type { Rule } from './rule.ts';
import { count, listed, quoted } from './words.ts';

type Cause =
  /** `activation=` of the layer before it. */
  | 'activation-argument'
  /** An activation layer lies between. */
  | 'activation-between'
  /** The layer before it is read by others too. */
  | 'shared-producer'
  /** The layer before it is called several times, or it is itself. */
  | 'shared-layer'
  /** Some other layer lies between it and a convolution. */
  | 'layer-between'
  | 'no-producer';

interface Data extends FindingData {
  readonly layer: string;
  readonly cause: Cause;
  /** What stands directly before it, and its class. */
  readonly before: string | null;
  readonly beforeClass: string | null;
  /** The convolution or dense further up, where there is one. */
  readonly producer: string | null;
  readonly others: readonly string[];
  readonly refused: boolean;
  readonly first: boolean;
  readonly elements: number | null;
}

export const batchNormNotFolded: Rule<Data> = {
  id: 'batch-norm-not-folded',
  title: 'A batch normalization cannot be folded into a convolution',
  category: 'fusion',
  severity: 'warning',
  severityOf: ({ refused }) => (refused ? 'error' : 'warning'),
  check: (context) => (context.target.level === 'layer' ? refused(context) : unfolded(context)),
  message(data) {
    const { layer, refused: isRefused, first, elements } = data;
    const effect = isRefused
      ? `quantize_model refuses it${first ? ' and stops here' : ''}.`
      : `It runs as MUL and ADD${elements === null ? '' : ` over ${count(elements)} values`}, each rounded to 8 bits.`;
    return `The batch normalization ${quoted(layer)} does not fold: ${WHY[data.cause](data)}. ${effect} ${ADVICE[data.cause](data)}`;
  },
  related: ({ cause }) =>
    cause === 'shared-producer' ? 'reads or makes the same tensor' : 'stands before the batch normalization',
  fix(finding, context, source): Fix | null {
    const { layer, cause, before, producer } = finding.data;
    const batchNorm = context.view.get(layer);
    const target = context.view.get(producer ?? '');
    if (batchNorm === undefined || target === undefined) return null;
    if (cause === 'activation-argument') return moveActivationBehind(target.layer, batchNorm.layer, source);
    if (cause !== 'activation-between' || before === null) return null;
    return moveAfter(batchNorm.layer, target.layer, source);
  },
};

const WHY: { readonly [C in Cause]: (data: Data) => string } = {
  'activation-argument': ({ producer }) => `${quoted(producer ?? '')} applies its own activation before it`,
  'activation-between': ({ before }) => `the activation ${quoted(before ?? '')} stands between it and the convolution`,
  'shared-producer': ({ producer, others }) => `${quoted(producer ?? '')} is also read by ${listed(others)}`,
  'shared-layer': ({ before }) => `it or ${quoted(before ?? '')} is called more than once`,
  'layer-between': ({ before, beforeClass }) => `it follows ${quoted(before ?? '')} (${beforeClass})`,
  'no-producer': ({ before, beforeClass }) =>
    before === null
      ? 'it stands at the input of the model'
      : `it follows ${quoted(before)} (${beforeClass}), which has no weights to fold it into`,
};

const ADVICE: { readonly [C in Cause]: (data: Data) => string } = {
  'activation-argument': () => 'Put the activation behind the batch normalization.',
  'activation-between': () => 'Put the batch normalization directly after the convolution.',
  'shared-producer': () => 'Let the other layers read the normalized tensor, or give them a convolution of their own.',
  'shared-layer': () => 'Give each call a layer of its own.',
  'layer-between': () => 'Put the batch normalization directly after the convolution.',
  'no-producer': () => 'Put it after a convolution or dense layer, or leave it out and scale the data instead.',
};

function refused(context: RuleContext): Finding<Data>[] {
  return refusalFindings('batch-norm-not-folded', context, ['batch-norm']).flatMap((finding) => {
    const node = context.view.get(finding.data.layer ?? '');
    return node === undefined ? [] : [explain(node, context, true, finding.data.first)];
  });
}

/** Batch norms of the lowered graph that no op of the fused graph has absorbed. */
function unfolded(context: RuleContext): Finding<Data>[] {
  if (context.fused === null || context.target.level !== 'op') return [];
  const absorbed = new Set(context.fused.graph.ops.flatMap((op) => (op.batchNorm ? [op.batchNorm.layer] : [])));
  const present = new Set(context.fused.graph.ops.flatMap((op) => op.layers));
  return context.view.layers
    .filter(({ path, layer }) => isBatchNorm(layer) && present.has(path) && !absorbed.has(path))
    .map((node) => explain(node, context, false, false));
}

function explain(node: LayerNode, context: RuleContext, isRefused: boolean, first: boolean): Finding<Data> {
  const before = node.inputs[0] ?? null;
  const producer = before && accumulatorBefore(before);
  const cause = causeOf(node, before, producer);
  const others = producer?.consumers.filter((reader) => reader !== node).map((reader) => reader.path) ?? [];
  if (producer?.isOutput) others.push('the output of the model');
  const output = context.fused?.graph.ops.find((op) => op.layers.includes(node.path))?.outputs[0];
  const elements = output === undefined || context.fused === null ? null : elementsOf(context.fused.graph, output);
  const involved = [node.path, before?.path, producer?.path, ...(cause === 'shared-producer' ? others : [])];
  return {
    rule: 'batch-norm-not-folded',
    at: { kind: 'layer', layer: node.path },
    layers: [
      ...new Set(involved.filter((path): path is string => path !== undefined && path !== 'the output of the model')),
    ],
    data: {
      layer: node.path,
      cause,
      before: before?.path ?? null,
      beforeClass: before?.layer.class ?? null,
      producer: producer?.path ?? null,
      others,
      refused: isRefused,
      first,
      elements,
    },
  };
}

function causeOf(node: LayerNode, before: LayerNode | null, producer: LayerNode | null): Cause {
  if (before === null || producer === null) return 'no-producer';
  if (node.callCount > 1 || producer.callCount > 1) return 'shared-layer';
  if (producer !== before) return isActivation(before) ? 'activation-between' : 'layer-between';
  if (activationOf(producer.layer) !== 'linear') return 'activation-argument';
  return 'shared-producer';
}

const foldable = (node: LayerNode): boolean => isAccumulator(node.layer) || node.layer.class === 'Conv2DTranspose';

const isActivation = (node: LayerNode): boolean =>
  ['Activation', 'ReLU', 'LeakyReLU', 'PReLU', 'ELU', 'Softmax', 'ThresholdedReLU'].includes(node.layer.class);

/** The convolution or dense before it, seen through activations and layers that only move values. */
function accumulatorBefore(node: LayerNode): LayerNode | null {
  const passing = ['Dropout', 'ZeroPadding2D', 'Reshape', 'Flatten', 'MaxPooling2D', 'AveragePooling2D'];
  let at: LayerNode | undefined = node;
  for (let step = 0; at !== undefined && step < 4; step++) {
    if (foldable(at)) return at;
    if (!isActivation(at) && !isTrainingOnly(at.layer) && !passing.includes(at.layer.class)) return null;
    at = at.inputs.length === 1 ? at.inputs[0] : undefined;
  }
  return null;
}
