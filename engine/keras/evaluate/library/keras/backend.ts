// `keras.backend`: questions about tensors, and its functions as the operations of TensorFlow that they are made of.

import { KERAS_TENSOR } from '../../builtins/types.ts';
import { applyTensorFlow } from '../../frameworks/apply-operation.ts';
import { toArray } from '../../frameworks/arrays.ts';
import { callValue } from '../../language/calls.ts';
import { iterate } from '../../language/iteration.ts';
import { binary } from '../../language/operators.ts';
import { shapeValue } from '../../layers/apply-layer.ts';
import { readDtype, readShape } from '../../layers/inputs.ts';
import { resetNames } from '../../layers/naming.ts';
import { type Runtime, unknownHere } from '../../runtime.ts';
import {
  bool,
  FALSE,
  float,
  int,
  integerIn,
  list,
  type Named,
  type NativeCall,
  NO_NAMED,
  NONE,
  numberIn,
  shapeTuple,
  str,
  textIn,
  tuple,
  type Value,
} from '../../values.ts';
import { functions, type Lookup, openClass } from '../make-module.ts';

/** Backend functions that are one function of TensorFlow with the same positions. */
const DIRECT: { readonly [name: string]: string } = {
  mean: 'math.reduce_mean',
  sum: 'math.reduce_sum',
  max: 'math.reduce_max',
  min: 'math.reduce_min',
  prod: 'math.reduce_prod',
  any: 'math.reduce_any',
  all: 'math.reduce_all',
  var: 'math.reduce_variance',
  std: 'math.reduce_std',
  logsumexp: 'math.reduce_logsumexp',
  argmax: 'math.argmax',
  argmin: 'math.argmin',
  abs: 'math.abs',
  square: 'math.square',
  exp: 'math.exp',
  log: 'math.log',
  pow: 'math.pow',
  sign: 'math.sign',
  round: 'math.round',
  sin: 'math.sin',
  cos: 'math.cos',
  maximum: 'math.maximum',
  minimum: 'math.minimum',
  equal: 'math.equal',
  not_equal: 'math.not_equal',
  greater: 'math.greater',
  greater_equal: 'math.greater_equal',
  less: 'math.less',
  less_equal: 'math.less_equal',
  cumsum: 'math.cumsum',
  cumprod: 'math.cumprod',
  clip: 'clip_by_value',
  cast: 'cast',
  reshape: 'reshape',
  tile: 'tile',
  gather: 'compat.v1.gather',
  zeros_like: 'zeros_like',
  ones_like: 'ones_like',
  stop_gradient: 'stop_gradient',
  identity: 'identity',
  softplus: 'math.softplus',
  softsign: 'nn.softsign',
  sigmoid: 'math.sigmoid',
  tanh: 'math.tanh',
  bias_add: 'nn.bias_add',
  dropout: 'nn.dropout',
  l2_normalize: 'linalg.l2_normalize',
  map_fn: 'map_fn',
};

type Tf = (name: string, args: readonly Value[], named?: Named) => Value;

/** A function made of several operations; arguments by position and name are bound to `names` first. */
const composed =
  (
    names: string,
    make: (args: { readonly [name: string]: Value | undefined }, tf: Tf, run: Runtime) => Value,
  ): NativeCall =>
  (run, args, named, site) => {
    const parameters = names.split(' ');
    const bound = Object.fromEntries(parameters.map((name, i) => [name, args[i] ?? named.get(name)]));
    return make(bound, (name, values, more = NO_NAMED) => applyTensorFlow(run, name, values, more, site), run);
  };

const named = (entries: { readonly [name: string]: Value | undefined }): Named =>
  new Map(Object.entries(entries).filter((entry): entry is [string, Value] => entry[1] !== undefined));

const rankOf = (value: Value | undefined): number | undefined =>
  value?.kind === 'tensor' || value?.kind === 'array' ? value.shape?.length : undefined;
const sizeAt = (value: Value | undefined, axis: number): number | null =>
  (value?.kind === 'tensor' || value?.kind === 'array' ? value.shape?.at(axis) : null) ?? null;

const COMPOSED: { readonly [name: string]: NativeCall } = {
  sqrt: composed('x', ({ x }, tf) => tf('math.sqrt', [tf('math.maximum', [x!, float(0)])])),
  hard_sigmoid: composed('x', ({ x }, tf) =>
    tf('clip_by_value', [tf('math.add', [tf('math.multiply', [x!, float(0.2)]), float(0.5)]), float(0), float(1)]),
  ),
  softmax: composed('x axis', ({ x, axis }, tf) => tf('nn.softmax', [x!], named({ axis: axis ?? int(-1) }))),
  relu: composed('x alpha max_value threshold', relu),
  elu: composed('x alpha', ({ x, alpha }, tf, run) => {
    const result = tf('nn.elu', [x!]);
    if (!alpha || numberIn(alpha) === 1) return result;
    return tf('where', [tf('math.greater', [x!, int(0)]), result, binary(run, '*', alpha, result, run.site)]);
  }),
  concatenate: composed('tensors axis', ({ tensors, axis }, tf, run) => {
    const items = iterate(run, tensors!);
    const rank = items.kind === 'items' ? rankOf(items.items[0]) : undefined;
    const at = integerIn(axis ?? int(-1)) ?? -1;
    return tf('concat', [tensors!, int(rank ? ((at % rank) + rank) % rank : at)]);
  }),
  permute_dimensions: composed('x pattern', ({ x, pattern }, tf) =>
    tf('compat.v1.transpose', [x!], named({ perm: pattern })),
  ),
  transpose: composed('x', ({ x }, tf) => tf('compat.v1.transpose', [x!])),
  expand_dims: composed('x axis', ({ x, axis }, tf) => tf('expand_dims', [x!, axis ?? int(-1)])),
  squeeze: composed('x axis', ({ x, axis }, tf) => tf('squeeze', [x!, list([axis ?? int(-1)])])),
  flatten: composed('x', ({ x }, tf) => tf('reshape', [x!, list([int(-1)])])),
  batch_flatten: composed('x', ({ x }, tf) => {
    const shape = x?.kind === 'tensor' || x?.kind === 'array' ? x.shape : null;
    const rest = shape?.slice(1);
    const count = rest && !rest.includes(null) ? rest.reduce<number>((product, size) => product * size!, 1) : -1;
    return tf('reshape', [x!, list([int(-1), int(count)])]);
  }),
  stack: composed('x axis', ({ x, axis }, tf) => tf('stack', [x!], named({ axis: axis ?? int(0) }))),
  repeat: composed('x n', ({ x, n }, tf) => tf('tile', [tf('expand_dims', [x!, int(1)]), list([int(1), n!, int(1)])])),
  repeat_elements: composed('x rep axis', ({ x, rep, axis }, tf, run) => {
    const size = sizeAt(x, integerIn(axis!) ?? 0);
    const times = integerIn(rep!);
    if (size === null || times === undefined) return unknownHere(run, 'repeat_elements() along a size that is open');
    const parts = tf('split', [], named({ value: x, num_or_size_splits: int(size), axis }));
    if (parts.kind !== 'list') return parts;
    return tf('concat', [list(parts.items.flatMap((part) => new Array<Value>(times).fill(part))), axis!]);
  }),
  one_hot: composed('indices num_classes', ({ indices, num_classes }, tf) =>
    tf('one_hot', [indices!], named({ depth: num_classes, axis: int(-1) })),
  ),
  resize_images: composed(
    'x height_factor width_factor data_format interpolation',
    ({ x, height_factor, width_factor, interpolation }, tf) => {
      const [height, width] = [sizeAt(x, 1), sizeAt(x, 2)];
      const [down, right] = [numberIn(height_factor!) ?? 1, numberIn(width_factor!) ?? 1];
      const size = height === null || width === null ? undefined : list([int(height * down), int(width * right)]);
      return tf('image.resize', [x!, size ?? NONE], named({ method: interpolation ?? str('nearest') }));
    },
  ),
  spatial_2d_padding: composed('x padding data_format', ({ x, padding }, tf, run) => {
    const pairs = padding ? iterate(run, padding) : undefined;
    const sides = pairs?.kind === 'items' ? pairs.items : [tuple([int(1), int(1)]), tuple([int(1), int(1)])];
    const none = list([int(0), int(0)]);
    return tf('compat.v1.pad', [x!, list([none, sides[0]!, sides[1]!, none])]);
  }),
  temporal_padding: composed('x padding', ({ x, padding }, tf) => {
    const none = list([int(0), int(0)]);
    return tf('compat.v1.pad', [x!, list([none, padding ?? list([int(1), int(1)]), none])]);
  }),
  dot: composed('x y', ({ x, y }, tf) =>
    (rankOf(x) ?? 2) > 2 || (rankOf(y) ?? 2) > 2 ? manyDimensionalDot(x!, y!, tf) : tf('linalg.matmul', [x!, y!]),
  ),
  batch_dot: composed('x y axes', batchDot),
  conv2d: composed('x kernel strides padding data_format dilation_rate', ({ x, kernel, strides, padding }, tf) =>
    tf('nn.convolution', [x!, kernel!], named({ strides, padding })),
  ),
  depthwise_conv2d: composed(
    'x depthwise_kernel strides padding data_format dilation_rate',
    ({ x, depthwise_kernel, strides, padding }, tf) =>
      tf('nn.depthwise_conv2d', [x!, depthwise_kernel!], named({ strides, padding })),
  ),
  pool2d: composed(
    'x pool_size strides padding data_format pool_mode',
    ({ x, pool_size, strides, padding, pool_mode }, tf) =>
      tf(textIn(pool_mode) === 'avg' ? 'nn.avg_pool2d' : 'nn.max_pool2d', [
        x!,
        pool_size!,
        strides ?? int(1),
        padding ?? str('valid'),
      ]),
  ),
  switch: composed('condition then_expression else_expression', ({ then_expression }, _tf, run) =>
    then_expression && (then_expression.kind === 'function' || then_expression.kind === 'method')
      ? callValue(run, then_expression, [])
      : then_expression!,
  ),
  in_train_phase: composed('x alt training', ({ alt }, _tf, run) =>
    alt && (alt.kind === 'function' || alt.kind === 'method') ? callValue(run, alt, []) : alt!,
  ),
  reverse: composed('x axes', ({ x, axes }, tf) => tf('reverse', [x!, axes?.kind === 'int' ? list([axes]) : axes!])),
};

function relu(
  { x, alpha, max_value: most, threshold }: { readonly [name: string]: Value | undefined },
  tf: Tf,
  run: Runtime,
): Value {
  const slope = alpha ? (numberIn(alpha) ?? 0) : 0;
  const from = threshold ? (numberIn(threshold) ?? 0) : 0;
  const limit = most && most.kind !== 'none' ? numberIn(most) : undefined;
  if (slope === 0 && from === 0 && limit === undefined) return tf('nn.relu', [x!]);
  if (slope === 0 && from === 0 && limit === 6) return tf('nn.relu6', [x!]);
  if (slope !== 0 && limit === undefined && from === 0) return tf('nn.leaky_relu', [x!], named({ alpha }));
  const negative = slope === 0 ? undefined : tf('nn.relu', [tf('math.negative', [x!])]);
  let result =
    from === 0
      ? tf('nn.relu', [x!])
      : tf('math.multiply', [x!, tf('cast', [tf('math.greater', [x!, float(from)]), str('float32')])]);
  if (limit !== undefined) result = tf('clip_by_value', [result, float(0), float(limit)]);
  return negative ? binary(run, '-', result, binary(run, '*', alpha!, negative, run.site), run.site) : result;
}

/** Dots beyond matrices go through two-dimensional ones. */
function manyDimensionalDot(x: Value, y: Value, tf: Tf): Value {
  const [a, b] = [x, y].map((value) => (value.kind === 'tensor' || value.kind === 'array' ? (value.shape ?? []) : []));
  const order = [...b!.keys()];
  const moved = [order.splice(-2, 1)[0]!, ...order];
  const left = tf('reshape', [x, list([int(-1), int(a!.at(-1) ?? -1)])]);
  const turned = tf('compat.v1.transpose', [y], named({ perm: list(moved.map(int)) }));
  const right = tf('reshape', [turned, list([int(b!.at(-2) ?? -1), int(-1)])]);
  const result = [...a!.slice(0, -1), ...b!.slice(0, -2), ...b!.slice(-1)];
  return tf('reshape', [tf('linalg.matmul', [left, right]), list(result.map((size) => int(size ?? -1)))]);
}

/** Shape alone: what layers a symbolic call would make is not followed. */
function batchDot({ x, y, axes }: { readonly [name: string]: Value | undefined }, tf: Tf, run: Runtime): Value {
  const [a, b] = [x, y].map((value) => (value?.kind === 'tensor' ? value.shape : undefined));
  if (!a || !b) return unknownHere(run, 'batch_dot() of tensors whose shapes are not known');
  const given =
    axes && axes.kind !== 'none'
      ? axes.kind === 'int'
        ? [axes.value, axes.value]
        : iterate(run, axes)
      : [a.length - 1, b.length === 2 ? 1 : b.length - 2];
  const pair = Array.isArray(given)
    ? given
    : given.kind === 'items'
      ? given.items.map((item) => integerIn(item) ?? 0)
      : [];
  const [left = a.length - 1, right = b.length - 2] = pair.map((axis, i) =>
    axis < 0 ? axis + (i === 0 ? a : b).length : axis,
  );
  const shape = [...a.filter((_, axis) => axis !== left), ...b.slice(1).filter((_, axis) => axis + 1 !== right)];
  const result = shape.length === 1 ? [...shape, 1] : shape;
  const symbolic = [x, y].some((value) => value?.kind === 'tensor' && value.history);
  if (symbolic && a.length === 3 && b.length === 3)
    return tf('linalg.matmul', [x!, y!], named({ transpose_a: bool(left === 1), transpose_b: bool(right === 2) }));
  return symbolic
    ? unknownHere(run, 'batch_dot() of these symbolic tensors is not followed')
    : { kind: 'tensor', shape: result, dtype: 'float32' };
}

const isSymbolic = (value: Value | undefined): boolean => value?.kind === 'tensor' && value.history !== undefined;

const anyTensor =
  (make: (run: Runtime, args: readonly Value[], named: Named) => Value): NativeCall =>
  (run, args, all) =>
    make(run, args, all);

/** A tensor of a shape that is stated: zeros, random values. */
const shapedTensor = anyTensor((run, args, all) => {
  const { shape, doubt } = readShape(run, args[0] ?? all.get('shape') ?? tuple([]));
  return {
    kind: 'tensor',
    shape,
    dtype: readDtype(all.get('dtype') ?? args.find((value) => value.kind === 'str'), 'float32'),
    ...(doubt && { uncertain: doubt }),
  };
});

const valueTensor = anyTensor((run, args, all) => {
  const array = toArray(run, args[0] ?? all.get('value') ?? NONE);
  return {
    kind: 'tensor',
    shape: array?.shape ?? [],
    dtype: readDtype(all.get('dtype') ?? args[1], 'float32'),
    variable: true,
  };
});

const STATE: { readonly [name: string]: NativeCall } = {
  int_shape: (run, [x]) => {
    if (x?.kind === 'array')
      return x.shape ? shapeTuple(x.shape) : unknownHere(run, 'the shape of the array is not known');
    if (x?.kind !== 'tensor') return x?.kind === 'unknown' ? x : NONE;
    const shape = shapeValue(run, x);
    return shape.kind === 'shape' ? tuple(shape.dims) : shape;
  },
  shape: (run, args, all, site) => applyTensorFlow(run, 'compat.v1.shape', args, all, site),
  ndim: (run, [x]) => {
    const rank = rankOf(x);
    return rank === undefined ? unknownHere(run, 'the rank of the tensor is not known') : int(rank);
  },
  count_params: (run, [x]) => {
    const shape = x?.kind === 'tensor' ? x.shape : null;
    return shape && !shape.includes(null)
      ? int(shape.reduce<number>((product, size) => product * size!, 1))
      : unknownHere(run, 'the size of the variable is not known');
  },
  dtype: (_run, [x]) => str(x?.kind === 'tensor' || x?.kind === 'array' ? x.dtype : 'float32'),
  image_data_format: (run) => str(run.settings.imageDataFormat),
  image_dim_ordering: (run) => str(run.settings.imageDataFormat === 'channels_last' ? 'tf' : 'th'),
  set_image_data_format: (run, [format]) => {
    if (format?.kind === 'str') run.settings.imageDataFormat = format.value;
    return NONE;
  },
  set_image_dim_ordering: (run, [order]) => {
    if (order?.kind === 'str') run.settings.imageDataFormat = order.value === 'th' ? 'channels_first' : 'channels_last';
    return NONE;
  },
  standardize_data_format: (run, [format]) =>
    format && format.kind !== 'none' ? format : str(run.settings.imageDataFormat),
  standardize_dtype: (_run, [dtype]) => str(readDtype(dtype, 'float32')),
  normalize_data_format: (run, [format]) =>
    format && format.kind !== 'none' ? format : str(run.settings.imageDataFormat),
  floatx: (run) => str(run.settings.floatx),
  set_floatx: (run, [type]) => {
    if (type?.kind === 'str') run.settings.floatx = type.value;
    return NONE;
  },
  epsilon: (run) => float(run.settings.epsilon),
  set_epsilon: () => NONE,
  backend: () => str('tensorflow'),
  is_keras_tensor: (_run, [x]) => bool(isSymbolic(x)),
  is_tensor: (_run, [x]) => bool(x?.kind === 'tensor'),
  is_sparse: () => FALSE,
  is_placeholder: () => FALSE,
  any_symbolic_tensors: (run, [args, kwargs]) => {
    const items = args ? iterate(run, args) : undefined;
    const all = [
      ...(items?.kind === 'items' ? items.items : []),
      ...(kwargs?.kind === 'dict' ? [...kwargs.entries.values()].map(([, value]) => value) : []),
    ];
    return bool(all.some((value) => isSymbolic(value) || (value.kind === 'list' && value.items.some(isSymbolic))));
  },
  clear_session: (run) => {
    resetNames(run);
    return NONE;
  },
  learning_phase: () => int(0),
  set_learning_phase: () => NONE,
  get_uid: (run, [prefix]) => {
    const stem = `uid ${textIn(prefix) ?? ''}`;
    const count = (run.names.get(stem) ?? 0) + 1;
    run.names.set(stem, count);
    return int(count);
  },
  name_scope: (run) => unknownHere(run, 'a name scope'),
  zeros: shapedTensor,
  ones: shapedTensor,
  random_normal: shapedTensor,
  random_uniform: shapedTensor,
  random_bernoulli: shapedTensor,
  random_binomial: shapedTensor,
  truncated_normal: shapedTensor,
  variable: valueTensor,
  constant: valueTensor,
  convert_to_tensor: (run, [x]) =>
    x?.kind === 'tensor' || x?.kind === 'array' || x?.kind === 'unknown' ? x : ((x && toArray(run, x)) ?? NONE),
  eye: (_run, [size]) => ({
    kind: 'tensor',
    shape: [integerIn(size!) ?? null, integerIn(size!) ?? null],
    dtype: 'float32',
  }),
  arange: (_run, [start, stop]) => {
    const [from, to] = stop && stop.kind !== 'none' ? [integerIn(start!), integerIn(stop)] : [0, integerIn(start!)];
    return { kind: 'tensor', shape: [from === undefined || to === undefined ? null : to - from], dtype: 'int32' };
  },
  get_value: (run) => unknownHere(run, 'the value of a variable is not known'),
  set_value: () => NONE,
  update: (_run, [x]) => x ?? NONE,
  moving_average_update: (_run, [x]) => x ?? NONE,
  function: (run) => unknownHere(run, 'a backend function gives data'),
  get_session: (run) => unknownHere(run, 'there is no session'),
  set_session: () => NONE,
  manual_variable_initialization: () => NONE,
  gradients: (run) => unknownHere(run, 'gradients are not evaluated'),
  print_tensor: (_run, [x]) => x ?? NONE,
  eval: (run) => unknownHere(run, 'the value of a tensor is not known'),
  rnn: (run) => unknownHere(run, 'backend.rnn() is not evaluated'),
  get_keras_mask: () => NONE,
};

const TABLE = new Map<string, Value>([
  ...functions(
    Object.fromEntries(
      Object.entries(DIRECT).map(([name, tf]): [string, NativeCall] => [
        name,
        (run, args, all, site) => applyTensorFlow(run, tf, args, all, site),
      ]),
    ),
  ),
  ...functions(COMPOSED),
  ...functions(STATE),
  ['KerasTensor', KERAS_TENSOR],
  ['Variable', openClass('Variable')],
  ['Function', openClass('Function')],
]);

export const BACKEND_NAMES: Iterable<string> = TABLE.keys();
export const backendMember: Lookup = (name) => TABLE.get(name);

/** One of the backend's functions, for code that is made of them. */
export const backendCall = (run: Runtime, name: string, args: readonly Value[], all: Named = NO_NAMED): Value =>
  callValue(run, TABLE.get(name)!, args, all);
