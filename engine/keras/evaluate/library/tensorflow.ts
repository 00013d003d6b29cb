// `tensorflow`: its functions of tensors, and what model code asks of it beside them.

import { TENSORFLOW } from '../../operations/names.ts';
import { TENSORFLOW_SHAPES_ONLY } from '../../operations/names-shapes-only.ts';
import { nativeClass, OBJECT } from '../builtins/native-class.ts';
import { TENSOR, TENSOR_SHAPE } from '../builtins/types.ts';
import { applyTensorFlow } from '../frameworks/apply-operation.ts';
import { makeArray, toArray } from '../frameworks/arrays.ts';
import { callValue } from '../language/calls.ts';
import { readDtype, readShape } from '../layers/inputs.ts';
import { resetNames } from '../layers/naming.ts';
import { type Runtime, unknownHere } from '../runtime.ts';
import { bool, int, integerIn, type Named, type NativeCall, NONE, native, str, tuple, type Value } from '../values.ts';
import { kerasModule } from './keras/keras.ts';
import { DECORATOR, functions, type Lookup, makeModule, openClass, SAME } from './make-module.ts';
import { logging } from './python/system.ts';

/** Where else a function is exported: its name below `tf` → the exported name that a TFOpLambda carries. */
const MATH =
  'abs add subtract multiply divide truediv floordiv maximum minimum pow squared_difference negative exp sqrt rsqrt square sin cos tan tanh sigmoid floor round sign argmax argmin cumsum cumprod greater greater_equal less less_equal equal not_equal logical_and logical_or logical_not reduce_mean reduce_sum reduce_max reduce_min reduce_prod reduce_any reduce_all reduce_std reduce_variance reduce_logsumexp log1p erf asin acos atan atan2 sinh cosh expm1 is_nan is_finite is_inf l2_normalize log ceil top_k count_nonzero reduce_euclidean_norm'.split(
    ' ',
  );

const ALIASES: { readonly [name: string]: string } = {
  ...Object.fromEntries(MATH.map((name) => [name, `math.${name}`])),
  'math.mod': 'math.floormod',
  mod: 'math.floormod',
  realdiv: 'realdiv',
  multiply_no_nan: 'math.multiply_no_nan',
  'math.sigmoid': 'math.sigmoid',
  'nn.sigmoid': 'math.sigmoid',
  'nn.tanh': 'math.tanh',
  'nn.softplus': 'math.softplus',
  'nn.swish': 'nn.silu',
  'math.softsign': 'nn.softsign',
  'nn.l2_normalize': 'math.l2_normalize',
  'math.l2_normalize': 'math.l2_normalize',
  'linalg.l2_normalize': 'math.l2_normalize',
  'nn.top_k': 'math.top_k',
  'linalg.matmul': 'linalg.matmul',
  matmul: 'linalg.matmul',
  'linalg.einsum': 'einsum',
  'linalg.norm': 'norm',
  'linalg.tensordot': 'tensordot',
  'linalg.matrix_transpose': 'linalg.matrix_transpose',
  'nn.lrn': 'nn.local_response_normalization',
  'nn.depth_to_space': 'nn.depth_to_space',
  depth_to_space: 'nn.depth_to_space',
  space_to_depth: 'nn.space_to_depth',
  'nn.max_pool': 'nn.max_pool2d',
  'nn.avg_pool': 'nn.avg_pool2d',
  'nn.softmax': 'nn.softmax',
  'image.resize_images': 'image.resize',
  'image.resize_bilinear': 'compat.v1.image.resize_bilinear',
  'image.resize_nearest_neighbor': 'compat.v1.image.resize_nearest_neighbor',
  'manip.reverse': 'reverse',
  'math.reduce_mean': 'math.reduce_mean',
};

/** Names whose TFOpLambda is the function of TensorFlow 1 that the current one is made of. */
const VERSION_ONE: { readonly [name: string]: string } = {
  shape: 'compat.v1.shape',
  transpose: 'compat.v1.transpose',
  gather: 'compat.v1.gather',
  squeeze: 'compat.v1.squeeze',
  pad: 'compat.v1.pad',
  gather_nd: 'compat.v1.gather_nd',
  where: 'where',
};

function symbolOf(name: string): string | undefined {
  const symbol = VERSION_ONE[name] ?? ALIASES[name] ?? name;
  return symbol in TENSORFLOW || symbol in TENSORFLOW_SHAPES_ONLY ? symbol : undefined;
}

const dtypes = [
  'float16',
  'float32',
  'float64',
  'bfloat16',
  'int8',
  'int16',
  'int32',
  'int64',
  'uint8',
  'uint16',
  'bool',
  'string',
  'complex64',
  'half',
  'double',
];

const constant: NativeCall = (run, args, named) => {
  const value = args[0] ?? named.get('value') ?? named.get('initial_value') ?? NONE;
  if (value.kind === 'tensor' || value.kind === 'unknown') return value;
  const array = toArray(run, value);
  if (!array) return value.kind === 'function' ? unknownHere(run, 'the value is not known') : value;
  const dtype = named.get('dtype') ?? args[1];
  return dtype ? { ...array, dtype: readDtype(dtype, array.dtype) } : array;
};

const shaped =
  (fallback: string): NativeCall =>
  (run, args, named, site) => {
    const given = args[0] ?? named.get('shape') ?? named.get('dims') ?? tuple([]);
    if (
      given.kind === 'tensor' ||
      (given.kind !== 'shape' &&
        'items' in given &&
        typeof given.items !== 'function' &&
        given.items.some((item) => item.kind === 'tensor'))
    ) {
      return applyTensorFlow(run, 'zeros', [given], new Map(), site);
    }
    const { shape, doubt } = readShape(run, given);
    return shape === null
      ? (doubt ?? makeArray(null, fallback))
      : makeArray(shape, readDtype(named.get('dtype'), fallback));
  };

const range: NativeCall = (_run, args, named) => {
  const numbers = [...args, ...['start', 'limit', 'delta'].flatMap((name) => named.get(name) ?? [])].map(integerIn);
  const [first, second, third] = numbers;
  const [from, to] = numbers.length === 1 ? [0, first] : [first, second];
  const count = from === undefined || to === undefined ? null : Math.ceil((to - from) / (third ?? 1));
  const data =
    count !== null && count <= 1024 ? Array.from({ length: count }, (_, i) => from! + i * (third ?? 1)) : undefined;
  return makeArray([count], readDtype(named.get('dtype'), 'int32'), data);
};

/** `tf.Variable` and others that hold a value. */
const VARIABLE = nativeClass('Variable', [TENSOR], [], (run, [, ...args], named, site) => {
  const array = constant(run, args, named, site);
  return array.kind === 'array'
    ? { kind: 'tensor', shape: array.shape, dtype: array.dtype, variable: true }
    : array.kind === 'tensor'
      ? { ...array, variable: true }
      : array;
});

const PLAIN: { readonly [name: string]: NativeCall } = {
  constant,
  convert_to_tensor: constant,
  Variable: constant,
  zeros: shaped('float32'),
  ones: shaped('float32'),
  fill: shaped('float32'),
  range,
  linspace: (_run, args, named) => makeArray([integerIn(args[2] ?? named.get('num') ?? int(50)) ?? null], 'float32'),
  eye: (_run, [n, m]) => makeArray([integerIn(n!) ?? null, integerIn(m ?? n!) ?? null], 'float32'),
  rank: (run, [x]) =>
    (x?.kind === 'tensor' || x?.kind === 'array') && x.shape
      ? int(x.shape.length)
      : unknownHere(run, 'the rank is not known'),
  is_tensor: (_run, [x]) => bool(x?.kind === 'tensor'),
  executing_eagerly: () => bool(true),
  function: DECORATOR,
  autograph_do_not_convert: DECORATOR,
  no_gradient: SAME,
  custom_gradient: SAME,
  ensure_shape: (_run, [x]) => x ?? NONE,
  enable_eager_execution: () => NONE,
  disable_eager_execution: () => NONE,
  disable_v2_behavior: () => NONE,
  enable_v2_behavior: () => NONE,
  reset_default_graph: (run) => {
    resetNames(run);
    return NONE;
  },
  set_random_seed: () => NONE,
  print: () => NONE,
  Assert: () => NONE,
  group: () => NONE,
  cond: (run, args, named) => {
    const yes = args[1] ?? named.get('true_fn');
    return yes ? callValue(run, yes, []) : NONE;
  },
  py_function: (run) => unknownHere(run, 'py_function() is not evaluated'),
  numpy_function: (run) => unknownHere(run, 'numpy_function() is not evaluated'),
  'debugging.set_log_device_placement': () => NONE,
  'random.set_seed': () => NONE,
  'random.normal': shaped('float32'),
  'random.uniform': shaped('float32'),
  'random.truncated_normal': shaped('float32'),
  'compat.dimension_value': SAME,
  'compat.as_str': SAME,
  'compat.as_text': SAME,
  'autograph.experimental.do_not_convert': DECORATOR,
  'config.run_functions_eagerly': () => NONE,
  'config.optimizer.set_jit': () => NONE,
  'config.threading.set_inter_op_parallelism_threads': () => NONE,
  'test.is_gpu_available': (run) => unknownHere(run, 'it depends on the machine'),
  '__internal__.tracking.no_automatic_dependency_tracking': SAME,
  '__internal__.dispatch.add_dispatch_support': DECORATOR,
};

/** Names that are modules though nothing of them is known. */
const MODULES =
  /^(math|nn|linalg|image|random|signal|compat|v1|v2|python|config|test|autograph|experimental|debugging|initializers|strings|sparse|ragged|raw_ops|sets|audio|layers|util|contrib|framework|tf_export|ops|platform|manip|__internal__|tracking|dispatch|optimizer|threading|core|lite|feature_column|quantization|bitwise|dtypes|types|train|io|gfile|data|estimator|distribute|saved_model|summary|metrics|losses|lookup|profiler|errors|version|tpu|xla|nest|control_flow_util|array_ops|math_ops|nn_ops|gen_nn_ops|tf_utils|layers_utils)$/;

/** Objects of TensorFlow whose content is data or training. */
const DATA =
  /^(data|train|io|gfile|estimator|distribute|saved_model|summary|metrics|losses|lookup|profiler|lite|feature_column|errors|tpu|xla)(\.|$)/;

const member =
  (path: string): Lookup =>
  (name, run) => {
    const full = path === '' ? name : `${path}.${name}`;
    const plainName = full.replace(/^compat\.(v1|v2)\./, '');
    if (name === 'keras' || full === 'python.keras') return kerasModule('tensorflow.keras');
    if (DATA.test(plainName)) return data(plainName, name);
    if (full === 'compat.v1.layers' || full === 'layers') return undefined;
    if (name === 'compat' || (path === 'compat' && (name === 'v1' || name === 'v2')))
      return makeModule(`tensorflow.${full}`, [], member(full), starNames(full));
    const constantValue = CONSTANTS[plainName];
    if (constantValue) return constantValue;
    const plain = Object.hasOwn(PLAIN, plainName) ? PLAIN[plainName] : undefined;
    if (plain) return plainName === 'Variable' ? VARIABLE : native(name, plain);
    const symbol = symbolOf(full) ?? symbolOf(plainName) ?? (path.startsWith('python') ? symbolOf(name) : undefined);
    if (symbol) return native(name, operation(symbol));
    if (MODULES.test(name)) return makeModule(`tensorflow.${full}`, [], member(full), starNames(full));
    return missing(run, full, name);
  };

/** Functions exported in a submodule. */
const starNames = (path: string) => (): readonly string[] => {
  const names = [...Object.keys(TENSORFLOW), ...Object.keys(TENSORFLOW_SHAPES_ONLY), ...Object.keys(ALIASES)];
  return [
    ...new Set(names.filter((name) => name.startsWith(`${path}.`)).map((name) => name.slice(path.length + 1))),
  ].filter((name) => !name.includes('.'));
};

const operation =
  (symbol: string): NativeCall =>
  (run, args, named, site) =>
    applyTensorFlow(run, symbol, args, withoutOldNames(symbol, named), site);

/** Keyword arguments that TensorFlow 1 called otherwise. */
function withoutOldNames(symbol: string, named: Named): Named {
  if (named.has('keep_dims'))
    return new Map([...named].map(([name, value]) => [name === 'keep_dims' ? 'keepdims' : name, value]));
  if (symbol.startsWith('math.reduce') && named.has('reduction_indices'))
    return new Map([...named].map(([name, value]) => [name === 'reduction_indices' ? 'axis' : name, value]));
  return named;
}

function data(full: string, name: string): Value {
  const why: Value = { kind: 'unknown', reason: `tf.${full} is not evaluated` };
  return full === name
    ? makeModule(`tensorflow.${full}`, [], (inner) => data(`${full}.${inner}`, inner))
    : /^[A-Z]/.test(name)
      ? openClass(name)
      : why;
}

/** A function that is not known gives a value that is not known. */
const missing = (_run: Runtime, full: string, name: string): Value =>
  native(name, (run) => unknownHere(run, `tf.${full}() is not evaluated`));

const RESIZE_METHODS = makeModule(
  'ResizeMethod',
  ['BILINEAR', 'NEAREST_NEIGHBOR', 'BICUBIC', 'AREA', 'LANCZOS3', 'LANCZOS5', 'GAUSSIAN', 'MITCHELLCUBIC'].map(
    (name) => [name, str(name === 'NEAREST_NEIGHBOR' ? 'nearest' : name.toLowerCase())],
  ),
);

const CONSTANTS: { readonly [name: string]: Value } = {
  ...Object.fromEntries(dtypes.map((name) => [name, str({ half: 'float16', double: 'float64' }[name] ?? name)])),
  newaxis: NONE,
  __version__: str('2.20.0'),
  VERSION: str('2.20.0'),
  'version.VERSION': str('2.20.0'),
  Tensor: TENSOR,
  RaggedTensor: nativeClass('RaggedTensor', [OBJECT]),
  SparseTensor: nativeClass('SparseTensor', [OBJECT]),
  TensorShape: TENSOR_SHAPE,
  Dimension: native('Dimension', SAME),
  TensorSpec: openClass('TensorSpec'),
  Module: nativeClass('Module', [OBJECT], functions({ __init__: () => NONE })),
  GradientTape: openClass('GradientTape'),
  DType: nativeClass('DType', [OBJECT]),
  'image.ResizeMethod': RESIZE_METHODS,
  logging: logging('tensorflow.logging'),
  flags: NONE,
};

export const tensorflow = () => makeModule('tensorflow', [], member(''));
