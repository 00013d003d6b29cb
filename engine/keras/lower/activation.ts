// Keras's activations as ops, by name.

import type { FusedActivation, OpKind, OpOptions } from '../../graph/op.ts';
import type { TensorId } from '../../graph/tensor.ts';
import { nameOf } from '../catalogue/config-values.ts';
import { layerError } from '../catalogue/layer-error.ts';
import type { LowerContext } from './lower-context.ts';

/** Writes ops named after the layer: what the lowering of an activation or of a formula is written with. */
export interface Formula {
  readonly context: LowerContext;
  unary(kind: Unary, x: TensorId): TensorId;
  binary(kind: Binary, a: TensorId, b: TensorId, activation?: FusedActivation): TensorId;
  scalar(value: number): TensorId;
}

type Unary = { [K in OpKind]: OpOptions[K] extends Readonly<Record<never, never>> ? K : never }[OpKind];
type Binary = 'ADD' | 'SUB' | 'MUL' | 'DIV' | 'MAXIMUM' | 'MINIMUM' | 'POW' | 'SQUARED_DIFFERENCE';

const isFused = (kind: Binary): kind is 'ADD' | 'SUB' | 'MUL' | 'DIV' =>
  kind === 'ADD' || kind === 'SUB' || kind === 'MUL' || kind === 'DIV';

export function formulaOf(context: LowerContext): Formula {
  const { graph, path } = context;
  const details = (kind: string) => ({ name: `${path}/${kind.toLowerCase()}`, layers: [path] });
  return {
    context,
    unary: (kind, x) => graph.op(kind, [x], {} as OpOptions[typeof kind], details(kind)),
    binary: (kind, a, b, activation = 'NONE') =>
      isFused(kind)
        ? graph.op(kind, [a, b], { activation }, details(kind))
        : graph.op(kind, [a, b], {} as OpOptions[typeof kind], details(kind)),
    scalar: (value) => graph.float(`${path}/constant`, [value], []),
  };
}

type Lowering = (formula: Formula, x: TensorId) => TensorId;

const sigmoid: Lowering = (f, x) => f.unary('LOGISTIC', x);
const swish: Lowering = (f, x) => f.binary('MUL', x, sigmoid(f, x));
const relu: Lowering = (f, x) => f.unary('RELU', x);
const relu6: Lowering = (f, x) => f.unary('RELU6', x);

/** ln(1 + eˣ) in the form that does not overflow: max(x, 0) + ln(1 + e^−|x|). */
const softplus: Lowering = (f, x) => {
  const tail = f.unary('EXP', f.unary('NEG', f.unary('ABS', x)));
  return f.binary('ADD', relu(f, x), f.unary('LOG', f.binary('ADD', tail, f.scalar(1))));
};

/** clip(0.2 x + 0.5, 0, 1) in Keras 2; relu6(x + 3) / 6 in Keras 3. */
const hardSigmoid: Lowering = (f, x) => {
  if (f.context.application.kerasVersion === 3) {
    return f.binary('MUL', relu6(f, f.binary('ADD', x, f.scalar(3))), f.scalar(1 / 6));
  }
  return f.unary('RELU_0_TO_1', f.binary('ADD', f.binary('MUL', x, f.scalar(0.2)), f.scalar(0.5)));
};

/** α (eˣ − 1) below zero, for an α that is not 1: TFLite's ELU has none. */
export const eluOf =
  (alpha: number): Lowering =>
  (f, x) => {
    if (alpha === 1) return f.unary('ELU', x);
    const below = f.binary('MUL', f.unary('ELU', f.binary('MINIMUM', x, f.scalar(0))), f.scalar(alpha));
    return f.binary('ADD', relu(f, x), below);
  };

// Klambauer et al., "Self-Normalizing Neural Networks", 2017.
const SELU_ALPHA = 1.6732632423543772;
const SELU_SCALE = 1.0507009873554805;

const softsign: Lowering = (f, x) => f.binary('DIV', x, f.binary('ADD', f.unary('ABS', x), f.scalar(1)));
const clip = (f: Formula, x: TensorId, low: number, high: number) =>
  f.binary('MINIMUM', f.binary('MAXIMUM', x, f.scalar(low)), f.scalar(high));

export const leakyRelu =
  (alpha: number): Lowering =>
  ({ context: { graph, path } }, x) =>
    graph.op('LEAKY_RELU', [x], { alpha }, { name: `${path}/leaky_relu`, layers: [path] });

export const gelu =
  (approximate: boolean): Lowering =>
  ({ context: { graph, path } }, x) =>
    graph.op('GELU', [x], { approximate }, { name: `${path}/gelu`, layers: [path] });

const softmax: Lowering = ({ context: { graph, path } }, x) =>
  graph.op('SOFTMAX', [x], { beta: 1 }, { name: `${path}/softmax`, layers: [path] });

/** Each activation that `keras.activations.get` knows by name; a text says why one has no ops here. */
export const ACTIVATIONS: Readonly<Record<string, Lowering | string>> = {
  linear: (_, x) => x,
  relu,
  relu6,
  sigmoid,
  tanh: (f, x) => f.unary('TANH', x),
  softmax,
  log_softmax: (f, x) => f.unary('LOG_SOFTMAX', x),
  elu: eluOf(1),
  selu: (f, x) => f.binary('MUL', eluOf(SELU_ALPHA)(f, x), f.scalar(SELU_SCALE)),
  celu: eluOf(1),
  leaky_relu: leakyRelu(0.2),
  swish,
  silu: swish,
  hard_sigmoid: hardSigmoid,
  hard_swish: (f, x) => f.unary('HARD_SWISH', x),
  hard_silu: (f, x) => f.unary('HARD_SWISH', x),
  gelu: gelu(false),
  exponential: (f, x) => f.unary('EXP', x),
  softplus,
  softsign,
  mish: (f, x) => f.binary('MUL', x, f.unary('TANH', softplus(f, x))),
  hard_tanh: (f, x) => clip(f, x, -1, 1),
  tanh_shrink: (f, x) => f.binary('SUB', x, f.unary('TANH', x)),
  log_sigmoid: (f, x) => f.unary('NEG', softplus(f, f.unary('NEG', x))),
  squareplus: (f, x) => {
    const root = f.unary('SQRT', f.binary('ADD', f.unary('SQUARE', x), f.scalar(4)));
    return f.binary('MUL', f.binary('ADD', x, root), f.scalar(0.5));
  },
  // x below −1 gives 0, x above 1 gives x, between them (x + 1)² / 4; written without a condition.
  sparse_plus: (f, x) => {
    const inside = f.binary('ADD', clip(f, x, -1, 1), f.scalar(1));
    const curve = f.binary('MUL', f.unary('SQUARE', inside), f.scalar(0.25));
    return f.binary('ADD', curve, relu(f, f.binary('SUB', x, f.scalar(1))));
  },
  sparse_sigmoid: (f, x) => {
    const inside = clip(f, x, -1, 1);
    return f.binary('MUL', f.binary('ADD', inside, f.scalar(1)), f.scalar(0.5));
  },
  // sign(x) · max(|x| − 0.5, 0), as the difference of its two halves.
  soft_shrink: (f, x) => {
    const above = relu(f, f.binary('SUB', x, f.scalar(0.5)));
    return f.binary('SUB', above, relu(f, f.binary('SUB', f.unary('NEG', x), f.scalar(0.5))));
  },
  hard_shrink: 'it is not continuous at ±0.5, and no TFLite op computes it',
  threshold: 'it needs arguments that a name does not give',
  glu: 'it halves the channels, which only its layer can know',
  sparsemax: 'it sorts the channels, which no TFLite op of a fixed form does',
};

/** The layer's `activation` argument as ops on its output. */
export function lowerActivation(context: LowerContext, x: TensorId, argument = context.application.config.activation) {
  const name = nameOf(argument) ?? 'linear';
  return lowerNamedActivation(context, x, name);
}

/** The activation of a name as ops. */
export function lowerNamedActivation(context: LowerContext, x: TensorId, name: string): TensorId {
  const lowering = ACTIVATIONS[standardName(name)];
  if (typeof lowering === 'function') return lowering(formulaOf(context), x);
  const reason = lowering ?? 'it is not one of Keras';
  throw layerError(context.application, `its activation "${name}" cannot be lowered: ${reason}.`);
}

/** `keras.activations>relu`, `keras.src.activations.relu` and `ReLU` are all `relu`. */
function standardName(name: string): string {
  const last = name.split(/[>.]/).at(-1)!;
  if (last in ACTIVATIONS) return last;
  return CLASSES[last] ?? last;
}

const CLASSES: Readonly<Record<string, string>> = {
  ReLU: 'relu',
  LeakyReLU: 'leaky_relu',
  ELU: 'elu',
  Softmax: 'softmax',
};
