// `keras.layers` and `keras.models`.

import { LAYERS } from '../../../catalogue/catalogue.ts';
import { findLayerClass } from '../../frameworks/layer-classes.ts';
import { callValue } from '../../language/calls.ts';
import { makeInput, readDtype, readShape } from '../../layers/inputs.ts';
import { type Runtime, raise, unknownHere } from '../../runtime.ts';
import { type NativeCall, NONE, native, type Value } from '../../values.ts';
import { type Lookup, makeModule, openClass, SAME } from '../make-module.ts';
import { cloneModel } from './clone-model.ts';

/** `Input(shape, batch_size, name, dtype, …)`; `batch_shape` states the batch too. */
export const inputFunction: NativeCall = (run, args, named, site) => {
  const tensor = named.get('tensor') ?? named.get('input_tensor');
  if (tensor?.kind === 'tensor' && tensor.history) return tensor;
  const whole = named.get('batch_shape') ?? named.get('batch_input_shape');
  const shapeArgument = args[0] ?? named.get('shape');
  const batch = named.get('batch_size') ?? args[1];
  const name = named.get('name') ?? args.find((value) => value.kind === 'str');
  const dtype = readDtype(named.get('dtype') ?? args[3], run.settings.floatx);
  const options = { dtype, ...(name?.kind === 'str' && { name: name.value }), site };
  if (whole && whole.kind !== 'none') {
    const { shape, doubt } = readShape(run, whole);
    return makeInput(run, { ...options, shape, ...(doubt && { uncertain: doubt }) });
  }
  if (!shapeArgument || shapeArgument.kind === 'none') {
    return raise(run, 'ValueError', 'Please provide to Input a shape, a tensor or a batch_shape');
  }
  const { shape, doubt } = readShape(run, shapeArgument);
  const size = batch?.kind === 'int' ? batch.value : null;
  return makeInput(run, { ...options, shape: shape && [size, ...shape], ...(doubt && { uncertain: doubt }) });
};

/** Functional forms of merging layers: `add([a, b])`. */
const MERGES: { readonly [name: string]: string } = {
  add: 'Add',
  subtract: 'Subtract',
  multiply: 'Multiply',
  average: 'Average',
  maximum: 'Maximum',
  minimum: 'Minimum',
  concatenate: 'Concatenate',
  dot: 'Dot',
};

const mergeFunction =
  (className: string): NativeCall =>
  (run, [inputs, ...rest], named, site) => {
    const options = new Map([...named].filter(([name]) => name !== 'inputs'));
    const [axis] = rest;
    if (axis) options.set(className === 'Dot' ? 'axes' : 'axis', axis);
    const layer = callValue(run, findLayerClass(run, className)!, [], options, site);
    return callValue(run, layer, [inputs ?? named.get('inputs') ?? NONE], undefined, site);
  };

/** Keras 1's `merge([a, b], mode='concat')`. */
const oldMerge: NativeCall = (run, [inputs], named, site) => {
  const mode = named.get('mode');
  const className = { concat: 'Concatenate', sum: 'Add', mul: 'Multiply', ave: 'Average', max: 'Maximum', dot: 'Dot' }[
    mode?.kind === 'str' ? mode.value : 'sum'
  ];
  const axis = named.get('concat_axis');
  return mergeFunction(className ?? 'Add')(run, [inputs!], axis ? new Map([['axis', axis]]) : new Map(), site);
};

/** Names that are not classes of layers. */
const OTHERS: { readonly [name: string]: Value } = {
  Input: native('Input', inputFunction),
  InputSpec: openClass('InputSpec'),
  merge: native('merge', oldMerge),
  serialize: native('serialize', SAME),
  deserialize: native('deserialize', (run) => unknownHere(run, 'deserialize() is not evaluated')),
};

/** What `from keras.layers import *` brings. */
export const layerNames = (run: Runtime): readonly string[] => [
  'Layer',
  'Input',
  ...Object.keys(MERGES),
  ...LAYERS.filter(({ only }) => only === undefined || only === run.version).flatMap((spec) => [
    spec.class,
    ...(spec.aliases ?? []),
  ]),
];

/** What `from keras.models import *` brings; Keras 2 of old had layers' names there too. */
export const modelNames = (): readonly string[] => [
  'Model',
  'Sequential',
  'Input',
  'load_model',
  'save_model',
  'model_from_json',
  'clone_model',
];

/** Lower-case names below `keras.layers` are its old submodules: `keras.layers.convolutional`. */
export const layersMember: Lookup = (name, run) => {
  if (Object.hasOwn(OTHERS, name)) return OTHERS[name];
  if (Object.hasOwn(MERGES, name)) return native(name, mergeFunction(MERGES[name]!));
  if (name === 'VersionAwareLayers')
    return native(name, () => makeModule('keras.layers', [], layersMember, layerNames));
  if (/^[A-Z]/.test(name))
    return name === 'Model' || name === 'Sequential' || name === 'Functional' ? undefined : layerOrNothing(run, name);
  if (/^[a-z_]+$/.test(name)) return makeModule('keras.layers', [], layersMember, layerNames);
  return undefined;
};

function layerOrNothing(run: Runtime, name: string): Value | undefined {
  return findLayerClass(run, name);
}

const cloned: NativeCall = (run, args, named) =>
  cloneModel(run, args[0] ?? named.get('model') ?? NONE, args[2] ?? named.get('clone_function'));

export const modelsMember: Lookup = (name, run) => {
  switch (name) {
    case 'Model':
    case 'Functional':
    case 'Sequential':
      return findLayerClass(run, name);
    case 'Input':
      return OTHERS.Input;
    case 'clone_model':
      return native(name, cloned);
    case 'load_model':
    case 'model_from_json':
    case 'model_from_config':
    case 'model_from_yaml':
      return native(name, (each) => unknownHere(each, 'the model is read from a file'));
    case 'save_model':
    case 'clone_and_build_model':
      return native(name, () => NONE);
    default:
      return /^[a-z_]+$/.test(name)
        ? makeModule('keras.models', [], modelsMember, modelNames)
        : layersMember(name, run);
  }
};
