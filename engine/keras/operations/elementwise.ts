// Operations on each element: of one tensor, and of two that broadcast.

import { broadcastShapes } from '../../graph/shape-arithmetic.ts';
import type { Shape, TensorId } from '../../graph/tensor.ts';
import { layerError } from '../catalogue/layer-error.ts';
import { ACTIVATIONS, eluOf, type Formula, formulaOf, gelu, leakyRelu } from '../lower/activation.ts';
import { lowerSoftmax } from '../lower/softmax.ts';
import { numberOr, type Operation, type OperationCall, operand, shapeOf } from './operation.ts';

const sameShape = (call: OperationCall): readonly Shape[] => [shapeOf(call, 'x')];

function broadcast(call: OperationCall): readonly Shape[] {
  try {
    return [broadcastShapes(shapeOf(call, 'x'), shapeOf(call, 'y'))];
  } catch (error) {
    if (error instanceof RangeError) throw layerError(call, error.message);
    throw error;
  }
}

export function binary(
  kind: 'ADD' | 'SUB' | 'MUL' | 'DIV' | 'MAXIMUM' | 'MINIMUM' | 'POW' | 'SQUARED_DIFFERENCE',
): Operation {
  return {
    shapes: broadcast,
    lower: (context, call) => {
      const formula = formulaOf(context);
      // Dividing by a number is multiplying by its inverse, as LiteRT's converter has it.
      const divisor = call.arguments.y;
      if (kind === 'DIV' && typeof divisor === 'number') {
        return [formula.binary('MUL', operand(context, call, 'x'), formula.scalar(1 / divisor))];
      }
      return [formula.binary(kind, operand(context, call, 'x'), operand(context, call, 'y'))];
    },
  };
}

type Lowering = (formula: Formula, x: TensorId, call: OperationCall) => TensorId;

const unary = (lower: Lowering): Operation => ({
  shapes: sameShape,
  lower: (context, call) => [lower(formulaOf(context), operand(context, call, 'x'), call)],
});

/** The activation of the same name, without arguments. */
export function named(name: string): Operation {
  return unary((formula, x, call) => {
    const lowering = ACTIVATIONS[name];
    if (typeof lowering === 'function') return lowering(formula, x);
    throw layerError(call, `cannot be lowered: ${lowering}.`);
  });
}

type Unary = Parameters<Formula['unary']>[0];
export const op = (kind: Unary): Operation => unary((formula, x) => formula.unary(kind, x));

export const identity: Operation = { shapes: sameShape, lower: (context, call) => [operand(context, call, 'x')] };

export const elu: Operation = unary((formula, x, call) => eluOf(numberOr(call.arguments.alpha, 1))(formula, x));
export const leakyReluOp: Operation = unary((formula, x, call) =>
  leakyRelu(numberOr(call.arguments.alpha, 0.2))(formula, x),
);
/** Exact in TensorFlow unless it is asked for; approximate by default in `keras.ops`. */
export const geluOp: Operation = unary((formula, x, call) =>
  gelu(call.arguments.approximate === undefined ? call.kerasVersion === 3 : call.arguments.approximate === true)(
    formula,
    x,
  ),
);

export const silu: Operation = unary((formula, x, call) => {
  const beta = numberOr(call.arguments.beta, 1);
  const scaled = beta === 1 ? x : formula.binary('MUL', x, formula.scalar(beta));
  return formula.binary('MUL', x, formula.unary('LOGISTIC', scaled));
});

export const softmax: Operation = {
  shapes: sameShape,
  lower: (context, call) => [lowerSoftmax(context, operand(context, call, 'x'), [numberOr(call.arguments.axis, -1)])],
};

/** min(max(x, low), high), as RELU6 and its kin where the bounds are theirs. */
export const clip: Operation = unary((formula, x, call) => {
  const { low, high } = call.arguments;
  if (low === 0 && high === 6) return formula.unary('RELU6', x);
  if (low === 0 && high === 1) return formula.unary('RELU_0_TO_1', x);
  if (low === -1 && high === 1) return formula.unary('RELU_N1_TO_1', x);
  const { context } = formula;
  const bound = (value: TensorId, kind: 'MAXIMUM' | 'MINIMUM', name: 'low' | 'high') => {
    if ((call.arguments[name] ?? null) === null) return value;
    return formula.binary(kind, value, operand(context, call, name));
  };
  return bound(bound(x, 'MAXIMUM', 'low'), 'MINIMUM', 'high');
});

/** Floating types are one type here; integers and booleans are not lowered. */
export const cast: Operation = {
  shapes: sameShape,
  lower: (context, call) => {
    const x = operand(context, call, 'x');
    const dtype = String(call.arguments.dtype ?? 'float32');
    if (/float/.test(dtype) && context.graph.tensor(x).dtype === 'float32') return [x];
    if (/^(float32|int32|int64|bool|uint8)$/.test(dtype)) {
      const to = dtype as 'float32' | 'int32' | 'int64' | 'bool' | 'uint8';
      const options = { from: context.graph.tensor(x).dtype, to };
      return [context.graph.op('CAST', [x], options, { name: context.path, layers: [context.path], dtype: to })];
    }
    throw layerError(call, `casts to ${dtype}, which has no lowering here.`);
  },
};
