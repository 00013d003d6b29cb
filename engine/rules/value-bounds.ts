// Between which values a tensor lies whatever the data, as far as the ops before it say.

import type { FusedActivation, Op, OpKind } from '../graph/op.ts';
import type { TensorId } from '../graph/tensor.ts';
import { OP_POLICY } from '../quantization/op-policy.ts';
import { operandsOf } from '../quantization/placement.ts';
import type { GraphView } from './graph-view.ts';

export interface Bounds {
  readonly min: number;
  readonly max: number;
}

const ANY: Bounds = { min: -Infinity, max: Infinity };
const POSITIVE: Bounds = { min: 0, max: Infinity };

const BY_ACTIVATION: { readonly [A in FusedActivation]: Bounds } = {
  NONE: ANY,
  RELU: POSITIVE,
  RELU6: { min: 0, max: 6 },
  RELU_N1_TO_1: { min: -1, max: 1 },
  TANH: { min: -1, max: 1 },
  SIGN_BIT: ANY,
};

const BY_KIND: { readonly [K in OpKind]?: Bounds } = {
  RELU: POSITIVE,
  RELU6: { min: 0, max: 6 },
  RELU_N1_TO_1: { min: -1, max: 1 },
  RELU_0_TO_1: { min: 0, max: 1 },
  LOGISTIC: { min: 0, max: 1 },
  SOFTMAX: { min: 0, max: 1 },
  TANH: { min: -1, max: 1 },
  L2_NORMALIZATION: { min: -1, max: 1 },
  LOG_SOFTMAX: { min: -Infinity, max: 0 },
  // x · ReLU6(x + 3) / 6 has its minimum at −1.5.
  HARD_SWISH: { min: -0.375, max: Infinity },
  ELU: { min: -1, max: Infinity },
  // At x = −0.7518.
  GELU: { min: -0.17, max: Infinity },
  EXP: POSITIVE,
  ABS: POSITIVE,
  SQUARE: POSITIVE,
  SQRT: POSITIVE,
  RSQRT: POSITIVE,
  SQUARED_DIFFERENCE: POSITIVE,
};

/** Ops that give no value that none of their operands has, or lies outside of theirs. */
const KEEPS: ReadonlySet<OpKind> = new Set(['MEAN']);

/** Nets of concatenations would be walked again and again. */
const known = new WeakMap<GraphView, Map<TensorId, Bounds>>();

export function boundsOf(view: GraphView, id: TensorId): Bounds {
  const all = known.get(view) ?? new Map<TensorId, Bounds>();
  known.set(view, all);
  const bounds = all.get(id) ?? computeBounds(view, id);
  all.set(id, bounds);
  return bounds;
}

function computeBounds(view: GraphView, id: TensorId): Bounds {
  const op = view.producers[id];
  if (op === null) return constantBounds(view, id);
  const own = ownBounds(op);
  if (!movesValues(op)) return own;
  const inputs = operandsOf(op).map((index) => boundsOf(view, op.inputs[index] as TensorId));
  // Padding adds zeros.
  if (op.kind === 'PAD') inputs.push({ min: 0, max: 0 });
  const min = Math.min(...inputs.map((each) => each.min));
  const max = Math.max(...inputs.map((each) => each.max));
  return { min: Math.max(own.min, min), max: Math.min(own.max, max) };
}

const ownBounds = (op: Op): Bounds =>
  BY_KIND[op.kind] ?? ('activation' in op.options ? BY_ACTIVATION[op.options.activation] : ANY);

/** Max and min of different operands are still among them. */
const movesValues = (op: Op): boolean => OP_POLICY[op.kind].kind === 'same-scale' || KEEPS.has(op.kind);

function constantBounds({ graph }: GraphView, id: TensorId): Bounds {
  const { data } = graph.tensors[id];
  if (!(data instanceof Float32Array) || data.length === 0) return ANY;
  let min = Infinity;
  let max = -Infinity;
  for (const value of data) {
    min = Math.min(min, value);
    max = Math.max(max, value);
  }
  return { min, max };
}

export const isBounded = ({ min, max }: Bounds): boolean => Number.isFinite(min) && Number.isFinite(max);

/** `0 to 6`, `0 or more`, `any value`. */
export function boundsText({ min, max }: Bounds): string {
  if (Number.isFinite(min) && Number.isFinite(max)) return `${min} to ${max}`.replaceAll('-', '−');
  if (Number.isFinite(min)) return `${min} or more`.replaceAll('-', '−');
  return Number.isFinite(max) ? `${max} or less` : 'any value';
}
