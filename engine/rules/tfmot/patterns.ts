// TFMOT's layout transforms, as far as they decide which layers are accepted: patterns of layers, matched from the last
// one backwards. Source: default_8bit_transforms.py, default_8bit_quantize_layout_transform.py, model_transformer.py.

import type { AnnotatedGraph, AnnotatedLayer } from './annotated-graph.ts';

/** The activation that a pattern writes into the convolution which it takes over. */
const TAKEN_OVER = 'NoOpActivation';

const isBatchNorm = (layer: AnnotatedLayer): boolean => /^BatchNormalization|SyncBatchNormalization$/.test(layer.class);
/** As TFMOT's regular expression has it: Conv2DTranspose too. */
const isConv = (layer: AnnotatedLayer): boolean => /^Conv2D|^DepthwiseConv2D$/.test(layer.class);
const isLinearConv = (layer: AnnotatedLayer): boolean => isConv(layer) && layer.activation === 'linear';
const isLinearDense = (layer: AnnotatedLayer): boolean => layer.class === 'Dense' && layer.activation === 'linear';
const isRelu = (layer: AnnotatedLayer): boolean =>
  layer.class === 'ReLU' || (layer.class === 'Activation' && layer.activation === 'relu');
const isReluProducer = (layer: AnnotatedLayer): boolean => /^Add|^Conv2D|^DepthwiseConv2D|^Dense$/.test(layer.class);

/** Runs the patterns in TFMOT's order; the layers' `placement` and `activation` say what came of it. */
export function applyPatterns(graph: AnnotatedGraph): void {
  forEachChain(graph, [isRelu, isBatchNorm, isLinearConv], takeOverWithRelu);
  forEachChain(graph, [isBatchNorm, isLinearConv], takeOver);
  disableBeforeConcatenate(graph);
  forEachChain(graph, [isBatchNorm, isLinearDense], takeOver);
  forEachChain(graph, [isRelu, isBatchNorm, isLinearDense], takeOverWithRelu);
  forEachChain(graph, [isRelu, isReluProducer], ([, producer]) => {
    producer.placement = 'silent';
  });
}

function takeOver([batchNorm, conv]: readonly AnnotatedLayer[]): void {
  if (batchNorm.placement !== 'none' || conv.placement !== 'none') return;
  conv.activation = TAKEN_OVER;
  batchNorm.placement = 'output';
}

function takeOverWithRelu([relu, batchNorm, conv]: readonly AnnotatedLayer[]): void {
  if (relu.placement !== 'none' || batchNorm.placement !== 'none' || conv.placement !== 'none') return;
  conv.activation = TAKEN_OVER;
  batchNorm.placement = 'silent';
}

/** Calls `replace` with each chain, the last layer of the data flow first. */
function forEachChain(
  graph: AnnotatedGraph,
  tests: readonly ((layer: AnnotatedLayer) => boolean)[],
  replace: (chain: readonly AnnotatedLayer[]) => void,
): void {
  for (const head of graph.layers) {
    const chain = chainFrom(graph, head, tests);
    if (chain !== null) replace(chain);
  }
}

function chainFrom(
  graph: AnnotatedGraph,
  head: AnnotatedLayer,
  tests: readonly ((layer: AnnotatedLayer) => boolean)[],
): readonly AnnotatedLayer[] | null {
  const chain: AnnotatedLayer[] = [];
  let layer: AnnotatedLayer | undefined = head;
  for (const [index, test] of tests.entries()) {
    if (layer === undefined || !layer.annotated || !test(layer) || !isMatchable(graph, layer, index === 0)) return null;
    chain.push(layer);
    if (index === tests.length - 1) break;
    const inputs: readonly string[] = layer.inbound[0]?.map((ref) => ref.layer) ?? [];
    layer = inputs.length === 1 ? throughSqueeze(graph, inputs[0]) : undefined;
  }
  return chain;
}

const throughSqueeze = (graph: AnnotatedGraph, name: string): AnnotatedLayer | undefined => graph.single(name);

/** A layer that is called twice is never matched; one inside a pattern must have one reader. Sequential models skip the check. */
function isMatchable(graph: AnnotatedGraph, layer: AnnotatedLayer, isHead: boolean): boolean {
  if (graph.sequential) return true;
  return layer.inbound.length <= 1 && (isHead || graph.readerCount(layer) <= 1);
}

/** A Concatenate of two to six layers, each read by it alone and each known to the registry, quantizes for them. */
function disableBeforeConcatenate(graph: AnnotatedGraph): void {
  for (const layer of graph.layers) {
    if (layer.class !== 'Concatenate' || !isMatchable(graph, layer, true)) continue;
    const names = new Set(layer.inbound[0]?.map((ref) => ref.layer) ?? []);
    const feeders = [...names].map((name) => graph.single(name));
    const count = layer.inbound[0]?.length ?? 0;
    if (count < 2 || count > 6 || feeders.length !== count) continue;
    const known = feeders.filter(
      (feeder): feeder is AnnotatedLayer => feeder?.annotated === true && isMatchable(graph, feeder, false),
    );
    if (known.length !== count) continue;
    for (const feeder of known) feeder.outputOff = true;
  }
}
