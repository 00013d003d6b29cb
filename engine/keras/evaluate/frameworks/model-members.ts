// Methods and properties of `keras.Model` and `keras.Sequential`.

import { methodTable } from '../builtins/table.ts';
import { applyLayerTo, buildLayer, shapesToTensors } from '../layers/apply-layer.ts';
import { modelGraph } from '../layers/functional.ts';
import { addLayer, buildSequential, popLayer } from '../layers/sequential.ts';
import { tensorsIn } from '../layers/structure.ts';
import { trackedLayers } from '../layers/tracking.ts';
import { type Runtime, raise, unknownHere } from '../runtime.ts';
import { type Instance, list, NO_NAMED, NONE, native, type Value } from '../values.ts';
import { outputsOf, propertyMembers } from './layer-members.ts';

/** What training code calls on a model: nothing of it changes the graph, and what it gives is data. */
const TRAINING = [
  'fit',
  'fit_generator',
  'evaluate',
  'evaluate_generator',
  'predict',
  'predict_generator',
  'predict_classes',
  'predict_proba',
  'train_on_batch',
  'test_on_batch',
  'predict_on_batch',
  'to_json',
  'to_yaml',
  'history',
  'export',
  'get_metrics_result',
  'make_train_function',
];
const QUIET = [
  'compile',
  'summary',
  'save',
  'save_weights',
  'load_weights',
  'reset_states',
  'reset_metrics',
  'load_own_variables',
  'quantize',
  '_set_inputs',
  'make_predict_function',
  '_make_predict_function',
  'save_own_variables',
  'jit_compile',
  'compile_from_config',
];

const METHODS = methodTable({
  ...Object.fromEntries(TRAINING.map((name) => [name, (run: Runtime) => unknownHere(run, `${name}() gives data`)])),
  ...Object.fromEntries(QUIET.map((name) => [name, () => NONE])),
  get_layer: (run, [self, name, index], named) =>
    getLayer(run, self as Instance, name ?? named.get('name'), index ?? named.get('index')),
  build: (run, [self, shape], named) => {
    const given = shape ?? named.get('input_shape');
    const tensors = given && shapesToTensors(given);
    const model = self as Instance;
    if (!tensors) return NONE;
    if (model.layer!.model?.kind === 'sequential') {
      const [input] = tensorsIn(tensors);
      if (input) buildSequential(run, model, input.shape, 'float32');
    } else if (run.version === 2 && model.layer!.model?.kind === 'subclassed' && run.currentLayer !== model)
      buildSubclassed(run, model, tensors);
    return NONE;
  },
  _layers: (_run, [self]) => list(layersOf(self as Instance)),
});

/** Keras 2 builds a subclassed model by running its `call` on inputs of the shape. */
function buildSubclassed(run: Runtime, model: Instance, tensors: Value): void {
  if (model.layer!.built) return;
  buildLayer(run, model, tensors);
  applyLayerTo(run, model, [tensors], NO_NAMED, run.site);
}

export const MODEL_MEMBERS: readonly (readonly [string, Value])[] = [
  ...Object.entries(METHODS).map(([name, method]) => [name, method] as const),
  ...propertyMembers({
    layers: (_run, [self]) => list(layersOf(self as Instance)),
    input_names: (_run, [self]) => list(inputNames(self as Instance)),
    output_names: (_run, [self]) => list(outputNames(self as Instance)),
    metrics_names: (run) => unknownHere(run, 'metrics_names gives data'),
    optimizer: (run) => unknownHere(run, 'the optimizer is not evaluated'),
    history: (run) => unknownHere(run, 'the history is data'),
    stop_training: () => NONE,
  }),
  ['train_step', native('train_step', (run) => unknownHere(run, 'train_step() gives data'))],
];

export const SEQUENTIAL_MEMBERS: readonly (readonly [string, Value])[] = Object.entries(
  methodTable({
    add: (run, [self, layer], named) => addLayer(run, self as Instance, layer ?? named.get('layer') ?? NONE),
    pop: (run, [self]) => popLayer(run, self as Instance),
  }),
);

/** Layers of a model as `model.layers` gives them. */
export function layersOf(model: Instance): Instance[] {
  const state = model.layer!;
  const own = state.model;
  if (own?.kind === 'functional') return modelGraph(own.inputs, own.outputs).layers.map(({ layer }) => layer);
  if (own?.kind === 'sequential') return [...state.layers];
  return trackedLayers(model);
}

function getLayer(run: Runtime, model: Instance, name: Value | undefined, index: Value | undefined): Value {
  const layers = layersOf(model);
  if (index?.kind === 'int') {
    return (
      layers.at(index.value) ??
      raise(
        run,
        'ValueError',
        `Was asked to retrieve layer at index ${index.value} but the model only has ${layers.length} layers.`,
      )
    );
  }
  if (name?.kind === 'int') return layers.at(name.value) ?? raise(run, 'ValueError', 'no such layer');
  if (!name || name.kind === 'unknown') return name ?? NONE;
  for (const layer of layers) {
    if (layer.layer!.name !== undefined && name.kind === 'str' && layer.layer!.name === name.value) return layer;
  }
  if (model.layer!.uncertain) return model.layer!.uncertain;
  return raise(run, 'ValueError', `No such layer: ${name.kind === 'str' ? name.value : name.kind}.`);
}

const inputNames = (model: Instance): Value[] => {
  const own = model.layer!.model;
  const inputs = own?.kind === 'functional' ? own.inputs : [];
  return inputs.map((tensor) => ({ kind: 'str', value: tensor.history?.layer.layer?.name ?? '' }));
};

const outputNames = (model: Instance): Value[] =>
  outputsOf(model).map((tensor) => ({ kind: 'str', value: tensor.history?.layer.layer?.name ?? '' }));
