// `keras.ops` and `keras.activations`, as each version of Keras makes operations of them.

import { applyKeras, applyTensorFlow } from '../../frameworks/apply-operation.ts';
import { makeArray, toArray } from '../../frameworks/arrays.ts';
import { callValue } from '../../language/calls.ts';
import { shapeValue } from '../../layers/apply-layer.ts';
import { readDtype, readShape } from '../../layers/inputs.ts';
import { type Runtime, unknownHere } from '../../runtime.ts';
import {
  bool,
  int,
  integerIn,
  type Named,
  type NativeCall,
  NONE,
  native,
  str,
  textIn,
  tuple,
  type Value,
} from '../../values.ts';
import { type Lookup, makeModule } from '../make-module.ts';
import { backendCall } from './backend.ts';

/** Classes of operations whose names are not their function's in camel case. */
const CLASSES: { readonly [name: string]: string } = {
  abs: 'Absolute',
  swish: 'Silu',
  hard_swish: 'HardSilu',
  isnan: 'Isnan',
  isinf: 'Isinf',
  logsumexp: 'Logsumexp',
  rgb_to_grayscale: 'RGBToGrayscale',
  rgb_to_hsv: 'RGBToHSV',
  hsv_to_rgb: 'HSVToRGB',
  batch_normalization: 'BatchNorm',
  layer_normalization: 'LayerNorm',
  rms_normalization: 'RMSNorm',
  swapaxes: 'Swapaxes',
  moveaxis: 'Moveaxis',
  nan_to_num: 'NanToNum',
  separable_conv: 'SeparableConv',
  log1p: 'Log1p',
  log10: 'Log10',
  log2: 'Log2',
  expm1: 'Expm1',
  erf: 'Erf',
  relu6: 'Relu6',
  subtract: 'Subtract',
};

const classOf = (name: string): string =>
  CLASSES[name] ?? name.replace(/(^|_)([a-z])/g, (_, __, letter: string) => letter.toUpperCase());

const constantArray: NativeCall = (run, args, named) => {
  const { shape, doubt } = readShape(run, args[0] ?? named.get('shape') ?? tuple([]));
  return shape === null
    ? (doubt ?? makeArray(null, 'float32'))
    : makeArray(shape, readDtype(named.get('dtype') ?? args[1], 'float32'));
};

/** Functions that make no operation. */
const PLAIN: { readonly [name: string]: NativeCall } = {
  shape: (run, [x]) => {
    if (x?.kind === 'array' && x.shape) return tuple(x.shape.map((size) => (size === null ? NONE : int(size))));
    if (x?.kind !== 'tensor') return unknownHere(run, 'the shape is not known');
    const shape = shapeValue(run, x);
    const dims = shape.kind === 'shape' ? tuple(shape.dims) : shape;
    if (x.history || dims.kind !== 'tuple') return dims;
    return tuple(
      dims.items.map(
        (dim): Value => (dim.kind === 'none' ? { kind: 'tensor', shape: [], dtype: 'int32', sizes: [null] } : dim),
      ),
    );
  },
  ndim: (run, [x]) =>
    (x?.kind === 'tensor' || x?.kind === 'array') && x.shape
      ? int(x.shape.length)
      : unknownHere(run, 'the rank is not known'),
  convert_to_tensor: (run, args, named) =>
    backendCall(run, 'convert_to_tensor', args.slice(0, 1), new Map([...named].filter(([name]) => name !== 'dtype'))),
  convert_to_numpy: (run) => unknownHere(run, 'the value of a tensor is not known'),
  is_tensor: (_run, [x]) => bool(x?.kind === 'tensor'),
  dtype: (_run, [x]) => str(x?.kind === 'tensor' || x?.kind === 'array' ? x.dtype : 'float32'),
  zeros: constantArray,
  ones: constantArray,
  empty: constantArray,
  full: constantArray,
  eye: (_run, [n, m]) =>
    makeArray([integerIn(n!) ?? null, integerIn(m && m.kind !== 'none' ? m : n!) ?? null], 'float32'),
  arange: (_run, args, named) => {
    const [start, stop, step] = ['start', 'stop', 'step'].map((name, i) => args[i] ?? named.get(name));
    const [from, to] = stop && stop.kind !== 'none' ? [integerIn(start!), integerIn(stop)] : [0, integerIn(start!)];
    const by = step && step.kind !== 'none' ? integerIn(step) : 1;
    return makeArray([from === undefined || to === undefined || !by ? null : Math.ceil((to - from) / by)], 'int32');
  },
  linspace: (_run, args, named) => makeArray([integerIn(args[2] ?? named.get('num') ?? int(50)) ?? null], 'float32'),
  array: (run, [x]) => (x && toArray(run, x)) ?? unknownHere(run, 'the array is not known'),
  cond: (run, [, yes]) => (yes ? callValue(run, yes, []) : NONE),
  stop_gradient: (run, args, named, site) => applyKeras(run, 'StopGradient', args, named, site),
};

const SUBMODULES = new Set(['numpy', 'nn', 'math', 'image', 'linalg', 'core', 'random']);

/** A member of `keras.ops`. */
export const opsMember: Lookup = (name) => {
  if (SUBMODULES.has(name)) return makeModule(`keras.ops.${name}`, [], opsMember);
  const plain = Object.hasOwn(PLAIN, name) ? PLAIN[name] : undefined;
  if (plain) return native(name, plain);
  if (!/^[a-z]/.test(name)) return undefined;
  return native(name, (run, args, named, site) => applyKeras(run, classOf(name), args, named, site));
};

/** What an activation of Keras 2 does to a tensor. */
const ACTIVATIONS_2: {
  readonly [name: string]: (
    run: Runtime,
    args: readonly Value[],
    named: Named,
    tf: (name: string, args: readonly Value[], named?: Named) => Value,
  ) => Value;
} = {
  relu: (run, args, named) => backendCall(run, 'relu', args, named),
  elu: (run, args, named) => backendCall(run, 'elu', args, named),
  softmax: (run, args, named) => backendCall(run, 'softmax', args, named),
  hard_sigmoid: (run, args) => backendCall(run, 'hard_sigmoid', args),
  linear: (_run, [x]) => x!,
  selu: (_run, [x], _named, tf) => tf('nn.selu', [x!]),
  softplus: (_run, [x], _named, tf) => tf('math.softplus', [x!]),
  softsign: (_run, [x], _named, tf) => tf('nn.softsign', [x!]),
  swish: (_run, [x], _named, tf) => tf('nn.silu', [x!]),
  silu: (_run, [x], _named, tf) => tf('nn.silu', [x!]),
  gelu: (_run, args, named, tf) => tf('nn.gelu', [args[0]!, args[1] ?? named.get('approximate') ?? bool(false)]),
  tanh: (_run, [x], _named, tf) => tf('math.tanh', [x!]),
  sigmoid: (_run, [x], _named, tf) => tf('math.sigmoid', [x!]),
  exponential: (_run, [x], _named, tf) => tf('math.exp', [x!]),
  mish: (run, [x], _named, tf) => {
    void run;
    return tf('math.multiply', [x!, tf('math.tanh', [tf('math.softplus', [x!])])]);
  },
  log_softmax: (_run, [x], _named, tf) => tf('nn.log_softmax', [x!]),
  leaky_relu: (_run, [x, alpha], _named, tf) => tf('nn.leaky_relu', alpha ? [x!, alpha] : [x!]),
  relu6: (_run, [x], _named, tf) => tf('nn.relu6', [x!]),
};

const ACTIVATIONS_3: { readonly [name: string]: string } = {
  relu: 'ReLU',
  exponential: 'Exp',
  swish: 'Silu',
  hard_swish: 'HardSilu',
};

/** A member of `keras.activations`. */
export const activationsMember: Lookup = (name) => {
  if (name === 'get') return native('get', getActivation);
  if (name === 'serialize' || name === 'deserialize') return native(name, (_run, [value]) => value ?? NONE);
  if (name === 'linear') return LINEAR;
  if (!/^[a-z]/.test(name)) return undefined;
  if (name === 'activations') return makeModule('keras.activations', [], activationsMember);
  return native(name, (run, args, named, site) => {
    if (run.version === 3) return applyKeras(run, ACTIVATIONS_3[name] ?? classOf(name), args, named, site);
    const own = ACTIVATIONS_2[name];
    if (!own) return unknownHere(run, `the activation ${name} is not evaluated`);
    return own(run, args, named, (tf, values, more = new Map()) => applyTensorFlow(run, tf, values, more, site));
  });
};

const LINEAR = native('linear', (_run, [x]) => x ?? NONE);

const known = new Map<string, Value>();

/** `activations.get(identifier)`. */
export const getActivation: NativeCall = (run, [identifier]) => {
  if (!identifier || identifier.kind === 'none') return LINEAR;
  const name = textIn(identifier);
  if (name === undefined) return identifier;
  const found = known.get(name) ?? activationsMember(name, run);
  if (!found) return unknownHere(run, `the activation ${name} is not known`);
  known.set(name, found);
  return found;
};
