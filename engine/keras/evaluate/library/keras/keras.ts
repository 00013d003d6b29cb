// The modules of Keras, of either version: `keras`, `tf_keras`, `tensorflow.keras`, and `keras.src` behind them.

import { KERAS_TENSOR } from '../../builtins/types.ts';
import { findLayerClass } from '../../frameworks/layer-classes.ts';
import type { Runtime } from '../../runtime.ts';
import { dictOf, type ModuleValue, NONE, native, str, type Value } from '../../values.ts';
import { functions, type Lookup, makeModule, openClass, SAME } from '../make-module.ts';
import { applicationsMember } from './applications.ts';
import { BACKEND_NAMES, backendMember } from './backend.ts';
import { datasetsMember } from './datasets.ts';
import { openMember, preprocessingMember, utilsMember } from './keras-utils.ts';
import { inputFunction, layerNames, layersMember, modelNames, modelsMember } from './layers.ts';
import { activationsMember, opsMember } from './operations.ts';

/** Members of a submodule by its name. */
const SUBMODULES: { readonly [name: string]: Lookup } = {
  layers: layersMember,
  models: modelsMember,
  backend: backendMember,
  ops: opsMember,
  activations: activationsMember,
  applications: applicationsMember,
  datasets: datasetsMember,
  utils: utilsMember,
  preprocessing: preprocessingMember,
  initializers: openMember('keras.initializers'),
  regularizers: openMember('keras.regularizers'),
  constraints: openMember('keras.constraints'),
  optimizers: openMember('keras.optimizers'),
  losses: openMember('keras.losses'),
  metrics: openMember('keras.metrics'),
  callbacks: openMember('keras.callbacks'),
  quantizers: openMember('keras.quantizers'),
  dtype_policies: openMember('keras.dtype_policies'),
  mixed_precision: openMember('keras.mixed_precision'),
  saving: utilsMember,
  config: (name, run) => backendMember(name, run) ?? native(name, () => NONE),
  random: (name) => native(name, (run, args, named, site) => callRandom(run, args, named, site)),
};

const callRandom: Parameters<typeof native>[1] = (run, args, named, site) => {
  const shaped = backendMember('random_normal', run)!;
  return shaped.kind === 'native' ? shaped.call(run, args, named, site) : NONE;
};

/** What `from keras.layers import *` and the like bring. */
const STAR_NAMES: { readonly [name: string]: (run: Runtime) => readonly string[] } = {
  layers: layerNames,
  models: modelNames,
  optimizers: () => ['Adam', 'SGD', 'RMSprop', 'Adagrad', 'Adadelta', 'Adamax', 'Nadam', 'Ftrl', 'schedules'],
  callbacks: () => [
    'Callback',
    'EarlyStopping',
    'ModelCheckpoint',
    'ReduceLROnPlateau',
    'TensorBoard',
    'LearningRateScheduler',
    'CSVLogger',
    'LambdaCallback',
    'History',
    'TerminateOnNaN',
  ],
  losses: () => [
    'Loss',
    'binary_crossentropy',
    'categorical_crossentropy',
    'sparse_categorical_crossentropy',
    'mse',
    'mean_squared_error',
    'mae',
    'mean_absolute_error',
    'BinaryCrossentropy',
    'CategoricalCrossentropy',
    'MeanSquaredError',
  ],
  metrics: () => ['Metric', 'Accuracy', 'AUC', 'Precision', 'Recall', 'MeanIoU', 'Mean'],
  regularizers: () => ['l1', 'l2', 'l1_l2', 'L1', 'L2', 'L1L2'],
  initializers: () => [
    'Initializer',
    'RandomNormal',
    'RandomUniform',
    'GlorotUniform',
    'GlorotNormal',
    'HeNormal',
    'HeUniform',
    'Zeros',
    'Ones',
    'Constant',
    'he_normal',
    'he_uniform',
    'glorot_uniform',
    'glorot_normal',
  ],
  backend: () => [...BACKEND_NAMES],
  utils: () => [
    'to_categorical',
    'plot_model',
    'get_file',
    'Sequence',
    'normalize',
    'get_custom_objects',
    'register_keras_serializable',
  ],
};

/** Old and inner places of the same things. */
const PLACES: { readonly [name: string]: string } = {
  engine: 'models',
  legacy: 'layers',
  optimizer_v2: 'optimizers',
  optimizers_v2: 'optimizers',
  objectives: 'losses',
  api_export: 'utils',
  base_layer: 'layers',
};

const VERSIONS: Readonly<Record<2 | 3, string>> = { 2: '2.20.1', 3: '3.15.1' };

/** A member of `keras` itself. */
export function kerasMember(root: string): Lookup {
  return (name, run) => {
    switch (name) {
      case 'Model':
      case 'Sequential':
      case 'Layer':
        return findLayerClass(run, name);
      case 'Input':
        return native('Input', inputFunction);
      case 'Functional':
        return findLayerClass(run, name);
      case 'KerasTensor':
        return KERAS_TENSOR;
      case '__version__':
        return str(VERSIONS[run.version]);
      case 'src':
      case 'api':
      case '_tf_keras':
      case 'keras':
      case 'python':
        return makeModule(`${root}.${name}`, [], kerasMember(`${root}.${name}`));
      case 'version':
        return native('version', () => str(VERSIONS[run.version]));
      case 'keras_export':
        return native('keras_export', () => native('keras_export', SAME));
      case 'experimental':
      case 'estimator':
      case 'wrappers':
      case 'distribution':
        return makeModule(`${root}.${name}`, [], openAll);
      case 'Variable':
      case 'InputSpec':
      case 'Optimizer':
      case 'Loss':
      case 'Metric':
      case 'Initializer':
      case 'Regularizer':
      case 'Operation':
      case 'Quantizer':
      case 'DTypePolicy':
        return openClass(name);
      default:
        return submodule(root, name, run);
    }
  };
}

function submodule(root: string, name: string, run: Runtime): Value | undefined {
  const place = Object.hasOwn(PLACES, name) ? PLACES[name]! : name;
  if (place === 'ops' && run.version === 2) return undefined;
  const lookup = Object.hasOwn(SUBMODULES, place) ? SUBMODULES[place] : undefined;
  if (lookup) return makeModule(`${root}.${name}`, members(place), lookup, STAR_NAMES[place]);
  const inner = layersMember(name, run);
  return inner?.kind === 'module' ? undefined : inner;
}

const members = (place: string): Iterable<readonly [string, Value]> =>
  place === 'callbacks' ? functions({}) : place === 'saving' ? [['custom_objects', dictOf([])]] : [];

const openAll: Lookup = (name) => openClass(name);

export const kerasModule = (root: string): ModuleValue => makeModule(root, [], kerasMember(root));
