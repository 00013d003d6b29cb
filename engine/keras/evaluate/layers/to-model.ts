// From the run's objects to `KerasModel`, the value that everything else reads.

import type { Shape } from '../../../graph/tensor.ts';
import { lineAt, positionAt } from '../../../python/positions.ts';
import type { Json, KerasLayer, KerasModel, LayerCall, Origin, SourceLocation, Stop, TensorRef } from '../../model.ts';
import type { Marker, Runtime, Stopped } from '../runtime.ts';
import type { CallSite, Instance, Place, TensorValue, Unknown } from '../values.ts';
import { allWeights } from './apply-layer.ts';
import { type GraphLayer, modelGraph } from './functional.ts';
import type { LayerState, Node } from './layer-state.ts';
import { trackedLayers } from './tracking.ts';

/** A model of the run as a value. `variable` is the name that holds it. */
export function toKerasModel(run: Runtime, object: Instance, variable?: string): KerasModel {
  return convert(run, object, variable, new Map());
}

type Done = Map<Instance, KerasModel>;

function convert(run: Runtime, object: Instance, variable: string | undefined, done: Done): KerasModel {
  const known = done.get(object);
  if (known) return known;
  const state = object.layer!;
  const parts = PARTS[state.model!.kind](run, object, done);
  const stopped = doubtsOf(run, state, parts.layers, parts.states);
  const model: KerasModel = {
    name: state.name ?? '',
    class: state.className,
    kerasVersion: run.version,
    layers: parts.layers,
    inputs: parts.inputs,
    ...(parts.inputShapes && { inputShapes: parts.inputShapes }),
    outputs: parts.outputs,
    complete: stopped.length === 0,
    stopped,
    ...(variable !== undefined && { variable }),
    origin: originOf(state.site),
  };
  done.set(object, model);
  return model;
}

interface Parts {
  readonly layers: readonly KerasLayer[];
  readonly states: readonly LayerState[];
  readonly inputs: readonly TensorRef[];
  readonly outputs: readonly TensorRef[];
  /** Of a Sequential, which lists no InputLayer that would say it. */
  readonly inputShapes?: readonly Shape[];
}

const PARTS: {
  readonly [K in 'functional' | 'sequential' | 'subclassed']: (run: Runtime, object: Instance, done: Done) => Parts;
} = {
  functional: (run, object, done) => {
    const model = object.layer!.model as Extract<LayerState['model'], { kind: 'functional' }>;
    const graph = modelGraph(model.inputs, model.outputs);
    const extra = extraLayers(run, object, graph.layers);
    const numbers = nodeNumbers(graph.layers);
    const ref = (tensor: TensorValue): TensorRef[] => refOf(tensor, numbers);
    return {
      layers: [
        ...graph.layers.map(({ layer, nodes }) =>
          toLayer(
            run,
            layer,
            nodes.map((index) => layer.layer!.nodes[index]!),
            ref,
            done,
          ),
        ),
        ...extra.map((layer) => toLayer(run, layer, [], () => [], done)),
      ],
      states: [...graph.layers.map(({ layer }) => layer.layer!), ...extra.map((layer) => layer.layer!)],
      inputs: model.inputs.flatMap(ref),
      outputs: model.outputs.flatMap(ref),
    };
  },
  sequential: (run, object, done) => {
    const state = object.layer!;
    const model = state.model as Extract<LayerState['model'], { kind: 'sequential' }>;
    const chain = model.output ? chainNodes(state.layers, model.input!) : state.layers.map(() => []);
    const ref = (tensor: TensorValue): TensorRef[] => refOf(tensor, new Map());
    return {
      layers: state.layers.map((layer, i) => toLayer(run, layer, chain[i]!, ref, done)),
      states: state.layers.map((layer) => layer.layer!),
      inputs: model.input ? ref(model.input) : [],
      outputs: model.output ? ref({ ...model.output, history: { ...model.output.history!, node: 0 } }) : [],
      ...(model.input?.shape && { inputShapes: [model.input.shape] }),
    };
  },
  subclassed: (run, object, done) => {
    const layers = trackedLayers(object);
    return {
      layers: layers.map((layer) => toLayer(run, layer, [], () => [], done)),
      states: layers.map((layer) => layer.layer!),
      inputs: [],
      outputs: [],
    };
  },
};

/** Layers that a program hangs on a functional model afterwards: Keras 2 lists them behind the others. */
function extraLayers(run: Runtime, object: Instance, own: readonly GraphLayer[]): Instance[] {
  if (run.version !== 2) return [];
  const known = new Set(own.map(({ layer }) => layer));
  return trackedLayers(object, object.layer!.trackedBefore ?? 0).filter((layer) => !known.has(layer));
}

/** The nodes that a Sequential made: each layer's call on the output before it. */
function chainNodes(layers: readonly Instance[], input: TensorValue): Node[][] {
  let from = input;
  return layers.map((layer) => {
    const node = layer.layer!.nodes.find(
      ({ inputs }) =>
        inputs[0]?.history?.layer === from.history?.layer && inputs[0]?.history?.node === from.history?.node,
    );
    from = node?.outputs[0] ?? from;
    return node
      ? [{ ...node, inputs: node.inputs.map((each) => ({ ...each, history: { ...each.history!, node: 0 } })) }]
      : [];
  });
}

type NodeNumbers = ReadonlyMap<Instance, ReadonlyMap<number, number>>;

/** A model counts only its own nodes of a layer. */
const nodeNumbers = (layers: readonly GraphLayer[]): NodeNumbers =>
  new Map(layers.map(({ layer, nodes }) => [layer, new Map(nodes.map((index, i) => [index, i]))]));

function refOf(tensor: TensorValue, numbers: NodeNumbers): TensorRef[] {
  if (!tensor.history) return [];
  const { layer, node, tensor: index } = tensor.history;
  return [{ layer: layer.layer!.name ?? '', node: numbers.get(layer)?.get(node) ?? node, tensor: index }];
}

function toLayer(
  run: Runtime,
  layer: Instance,
  nodes: readonly Node[],
  ref: (tensor: TensorValue) => TensorRef[],
  done: Done,
): KerasLayer {
  const state = layer.layer!;
  const calls = nodes.map(
    (node): LayerCall => ({
      inputs: node.inputs.flatMap(ref),
      arguments: node.arguments,
      outputShapes: node.outputs.every(({ shape }) => shape !== null)
        ? node.outputs.map(({ shape }) => shape as Shape)
        : [],
    }),
  );
  const model = state.model ? convert(run, layer, undefined, done) : undefined;
  const shapes = calls[0]?.outputShapes ?? [];
  const uncertain = state.uncertain ?? layer.uncertain;
  const inner = state.className === 'QuantizeAnnotate' ? layer.attributes.get('layer') : undefined;
  return {
    name: state.name ?? '',
    class: state.className,
    config: configOf(state),
    calls,
    outputShape: shapes.length === 0 ? ownShape(state) : shapes.length === 1 ? shapes[0]! : shapes,
    weights: weightsOf(layer, state),
    ...(model && { model }),
    ...(inner?.kind === 'instance' && inner.layer && { annotates: toLayer(run, inner, [], ref, done) }),
    origin: originOf(state.site),
    ...(uncertain && { uncertain: reasonText(uncertain) }),
  };
}

/** A model that is frozen says so here: it lists no weights of its own. */
function configOf(state: LayerState): KerasLayer['config'] {
  const frozen = state.model && !state.trainable ? { trainable: false } : {};
  return { name: state.name ?? '', ...state.config, ...frozen } as { readonly [name: string]: Json };
}

/** A model that nobody calls has the output of its own graph. */
function ownShape({ model }: LayerState): KerasLayer['outputShape'] {
  const outputs =
    model?.kind === 'functional' ? model.outputs : model?.kind === 'sequential' && model.output ? [model.output] : [];
  const shapes = outputs.map(({ shape }) => shape);
  if (shapes.length === 0 || shapes.includes(null)) return null;
  return shapes.length === 1 ? shapes[0]! : (shapes as Shape[]);
}

function weightsOf(layer: Instance, state: LayerState): KerasLayer['weights'] {
  if (state.model && state.model.kind !== 'subclassed') return [];
  const weights = allWeights(layer);
  return state.trainable ? weights : weights.map((weight) => ({ ...weight, trainable: false }));
}

const reasonText = ({ reason, at }: Unknown): string => (at ? `${reason} (line ${lineOf(at)})` : reason);

/** Why a model is not complete: doubts of its own and of its layers that do not come from where the model itself stands. */
function doubtsOf(
  _run: Runtime,
  state: LayerState,
  layers: readonly KerasLayer[],
  states: readonly LayerState[],
): Stop[] {
  const found = new Map<string, Stop>();
  const add = (unknown: Unknown) => {
    if (found.size < 20) found.set(unknown.reason, stopOf(unknown));
  };
  if (state.uncertain) add(state.uncertain);
  const here = markersOf(state.marker);
  for (const each of states) {
    if (each.uncertain) add(each.uncertain);
    for (let at: Marker | undefined = each.marker; at; at = at.parent) if (!here.has(at)) add(at.reason);
  }
  for (const layer of layers) {
    if (layer.model && !layer.model.complete) for (const stop of layer.model.stopped) found.set(stop.reason, stop);
  }
  return [...found.values()];
}

function markersOf(marker: Marker | undefined): Set<Marker> {
  const all = new Set<Marker>();
  for (let at = marker; at; at = at.parent) all.add(at);
  return all;
}

function stopOf({ reason, at }: Unknown): Stop {
  return at ? { line: lineOf(at), reason, at: locationOf(at) } : { line: 0, reason };
}

export const toStop = ({ reason, at }: Stopped): Stop => ({ line: lineOf(at), reason, at: locationOf(at) });

const lineOf = (place: Place): number => lineAt(place.file.lineStarts, place.start);

export function locationOf(place: Place): SourceLocation {
  const start = positionAt(place.file.lineStarts, place.start);
  const end = positionAt(place.file.lineStarts, place.end);
  return { file: place.file.path, line: start.line, column: start.column, endLine: end.line, endColumn: end.column };
}

/** The call and those that led to it, outermost first; the module itself is no call. */
export const originOf = (site: CallSite): Origin => ({ at: locationOf(site), callStack: stackOf(site.parent) });

/** Stacks by their innermost call: a helper that makes ten layers has one. */
const STACKS = new WeakMap<CallSite, readonly SourceLocation[]>();
const NO_CALLS: readonly SourceLocation[] = [];

function stackOf(site: CallSite | undefined): readonly SourceLocation[] {
  if (!site || site.depth === 0) return NO_CALLS;
  const known = STACKS.get(site);
  if (known) return known;
  const outer = stackOf(site.parent);
  const stack = site.end > site.start ? [...outer, locationOf(site)] : outer;
  STACKS.set(site, stack);
  return stack;
}
