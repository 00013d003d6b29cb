// `keras.utils` and `keras.preprocessing`.

import { makeArray, toArray } from '../../frameworks/arrays.ts';
import { callValue } from '../../language/calls.ts';
import { iterate } from '../../language/iteration.ts';
import { sourceInputs } from '../../layers/functional.ts';
import { unknownHere } from '../../runtime.ts';
import {
  type DictValue,
  integerIn,
  list,
  type NativeCall,
  NONE,
  native,
  str,
  tuple,
  type Value,
} from '../../values.ts';
import { type Lookup, makeModule, openClass, SAME } from '../make-module.ts';

/** `to_categorical(y, num_classes)`. */
const toCategorical: NativeCall = (run, args, named) => {
  const labels = args[0] ?? named.get('y') ?? named.get('x') ?? NONE;
  if (labels.kind === 'unknown') return labels;
  const array = toArray(run, labels);
  const given = args[1] ?? named.get('num_classes') ?? named.get('nb_classes');
  const count =
    given && given.kind !== 'none'
      ? integerIn(given)
      : (array?.classes ?? (array?.data && Math.max(...array.data) + 1));
  if (!array?.shape) return unknownHere(run, 'the labels are not known');
  const shape = array.shape.length > 1 && array.shape.at(-1) === 1 ? array.shape.slice(0, -1) : array.shape;
  return makeArray([...shape, count ?? null], 'float32');
};

/** `pad_sequences(sequences, maxlen)`. */
const padSequences: NativeCall = (run, args, named) => {
  const array = args[0] && toArray(run, args[0]);
  const length = args[1] ?? named.get('maxlen');
  return makeArray([array?.shape?.[0] ?? null, (length && integerIn(length)) ?? null], 'int32');
};

const normalizeTuple: NativeCall = (run, [value, count]) => {
  const size = count?.kind === 'int' ? count.value : 1;
  if (value?.kind === 'int') return tuple(new Array<Value>(size).fill(value));
  const items = value ? iterate(run, value) : undefined;
  return items?.kind === 'items' ? tuple(items.items) : (items ?? NONE);
};

/** `get_source_inputs(tensor)`: the inputs that a tensor comes from. */
const getSourceInputs: NativeCall = (run, [tensor]) => {
  if (tensor?.kind !== 'tensor') return unknownHere(run, 'get_source_inputs() of a value that is no tensor');
  return list(sourceInputs(tensor));
};

const customObjects: DictValue = { kind: 'dict', entries: new Map() };

const FUNCTIONS: { readonly [name: string]: NativeCall } = {
  to_categorical: toCategorical,
  pad_sequences: padSequences,
  normalize_tuple: normalizeTuple,
  standardize_tuple: normalizeTuple,
  get_source_inputs: getSourceInputs,
  normalize_data_format: (run, [format]) =>
    format && format.kind !== 'none' ? format : str(run.settings.imageDataFormat),
  normalize: (run, [x]) => (x && toArray(run, x)) ?? unknownHere(run, 'the array is not known'),
  // Each call of the decorator gets its class back.
  register_keras_serializable: () => native('register_keras_serializable', SAME),
  keras_export: () => native('keras_export', SAME),
  tf_export: () => native('tf_export', SAME),
  get_custom_objects: () => customObjects,
  get_registered_name: SAME,
  plot_model: () => NONE,
  model_to_dot: () => NONE,
  print_summary: () => NONE,
  set_random_seed: () => NONE,
  enable_interactive_logging: () => NONE,
  disable_interactive_logging: () => NONE,
  clear_session: () => NONE,
  get_file: (run) => unknownHere(run, 'the file is downloaded'),
  validate_kwargs: () => NONE,
  default: SAME,
  no_automatic_dependency_tracking: SAME,
  serialize_keras_object: SAME,
  deserialize_keras_object: SAME,
  multi_gpu_model: SAME,
  convert_all_kernels_in_model: () => NONE,
  is_keras_tensor: (_run, [x]) => ({ kind: 'bool', value: x?.kind === 'tensor' && x.history !== undefined }),
  img_to_array: (run) => unknownHere(run, 'the image is data'),
  load_img: (run) => unknownHere(run, 'the image is data'),
};

/** A member of `keras.utils`; its submodules hold the same names. */
export const utilsMember: Lookup = (name) => {
  if (Object.hasOwn(FUNCTIONS, name)) return native(name, FUNCTIONS[name]!);
  if (/_utils$|^(all_utils|python_utils|naming|np_utils|summary_utils|tracking|module_utils|legacy)$/.test(name))
    return makeModule(`keras.utils.${name}`, [], utilsMember);
  if (/^[A-Z]/.test(name)) return openClass(name);
  return native(name, (run) => unknownHere(run, `keras.utils.${name}() is not evaluated`));
};

export const preprocessingMember: Lookup = (name) => {
  if (Object.hasOwn(FUNCTIONS, name)) return native(name, FUNCTIONS[name]!);
  if (name === 'image' || name === 'text' || name === 'sequence' || name === 'timeseries')
    return makeModule(`keras.preprocessing.${name}`, [], preprocessingMember);
  if (/^[A-Z]/.test(name)) return openClass(name);
  return native(name, (run) => unknownHere(run, `${name}() gives data`));
};

/** Submodules whose classes only describe training: what is asked of them is unknown. */
export const openMember =
  (module: string): Lookup =>
  (name) => {
    if (name === 'get' || name === 'serialize' || name === 'deserialize') return native(name, SAME);
    if (/^(legacy|experimental|schedules|v1|v2)$/.test(name))
      return makeModule(`${module}.${name}`, [], openMember(`${module}.${name}`));
    const cls = openClass(name);
    return /^[A-Z]/.test(name) || /initializers|regularizers|constraints/.test(module)
      ? cls
      : native(name, (run, args, named) =>
          args.length + named.size > 0 ? unknownHere(run, `${name}() gives data`) : callValue(run, cls, args, named),
        );
  };
