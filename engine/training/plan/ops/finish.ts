// The end of every op that computes new values: fused activation and fake-quantization, and its gradient.

import { InputError } from '../../../errors.ts';
import type { FusedActivation, Op } from '../../../graph/op.ts';
import type { TensorId } from '../../../graph/tensor.ts';
import { ACTIVATION } from '../../../kernels/reference/activation.ts';
import type { Argument, Place } from '../buffers.ts';
import { planRangeGradient } from '../learned.ts';
import { type OwnPlace, ownRangeOf, planOwnRange, planOwnRangeGradient } from '../own.ts';
import type { Planner } from '../planner.ts';

/** What `affine` applies besides activation and fake-quantization. */
export interface Affine {
  /** By channel, 0 for none. */
  readonly scale: Argument;
  readonly offset: Argument;
  /** A second tensor of the same shape, 0 for none. */
  readonly addend: Argument;
  readonly channels: number;
}

export interface Finished extends Affine {
  /** The values before; null where the op's output is those values themselves. */
  readonly raw: Place | null;
  readonly activation: number;
  /** Where an algorithm of the user's own rounds, and the values that it rounds. */
  readonly own?: { readonly place: OwnPlace; readonly values: Place; passed: boolean };
}

const PLAIN = { scale: 0, offset: 0, addend: 0 } as const;

export function activationCode(op: Op): number {
  const activation: FusedActivation = 'activation' in op.options ? op.options.activation : 'NONE';
  const code = activation in ACTIVATION ? ACTIVATION[activation as keyof typeof ACTIVATION] : undefined;
  if (code === undefined) {
    throw new InputError(`The layer ${op.name} has the fused activation ${activation}, which cannot be trained.`, {
      layer: op.name,
    });
  }
  return code;
}

/** From the raw values of an op to its output tensor. The raw values are kept where the gradient needs them. */
export function finish(c: Planner, op: Op, raw: Place, affine: Partial<Affine> = {}): Finished {
  const [out] = op.outputs;
  const activation = activationCode(op);
  const channels = affine.channels ?? c.size(out);
  const full: Affine = { ...PLAIN, channels, ...affine };
  const isPlain = full.scale === 0 && full.offset === 0 && full.addend === 0;
  const own = ownRangeOf(c, out);
  if (own) return finishOwn(c, op, raw, full, own);
  if (isPlain && activation === ACTIVATION.NONE && c.range(out) === 0) {
    c.setValue(out, raw);
    return { ...full, raw: null, activation };
  }
  // Without a gradient to come, and where nobody else reads the raw values, the output takes their place.
  const inPlace = !c.mode.training && full.addend === 0;
  if (inPlace) c.setValue(out, raw);
  const to = inPlace ? raw : c.newValue(out);
  const range = c.range(out);
  c.emit(op, 'affine', {
    u: raw,
    scale: full.scale,
    offset: full.offset,
    addend: full.addend,
    out: to,
    pixels: c.size(out) / channels,
    channels,
    activation,
    range,
    observed: c.observed(out),
  });
  return { ...full, raw, activation };
}

/** The values are written before they are rounded, by functions that kernels cannot fuse. */
function finishOwn(c: Planner, op: Op, raw: Place, full: Affine, place: OwnPlace): Finished {
  const [out] = op.outputs;
  const activation = activationCode(op);
  const values = c.buffer(`${op.name} before rounding`, c.batch * c.size(out));
  const { scale, offset, addend, channels } = full;
  c.emit(op, 'affine', {
    ...{ u: raw, scale, offset, addend, channels, activation },
    ...{ out: values, pixels: c.size(out) / channels, range: 0, observed: 0 },
  });
  planOwnRange(c, op, out, place, values, c.newValue(out));
  return { ...full, raw, activation, own: { place, values, passed: false } };
}

/** The output's gradient through the rounding of the user's own, once; the range that is left to kernels. */
export function throughOwn(c: Planner, op: Op, out: TensorId, finished: Finished): Argument {
  const { own } = finished;
  const dy = c.gradient(out);
  if (!own || dy === null) return c.range(out);
  if (!own.passed) planOwnRangeGradient(c, op, out, own.place, own.values, dy);
  own.passed = true;
  return 0;
}

/** Options of `unfinish`. */
export interface Unfinish {
  /** Sums of the gradient by image and channel, for a bias. */
  readonly sums?: Place;
  /** k1, k2 and k3 of the gradient through batch statistics. */
  readonly coefficients?: Place;
  /** A second place that gets the same gradient. */
  readonly second?: { readonly to: Place; readonly accumulate: 0 | 1 };
}

/** From the gradient of the output to that of the raw values, in its place. */
export function unfinish(c: Planner, op: Op, out: TensorId, finished: Finished, options: Unfinish = {}): Place | null {
  const dy = c.gradient(out);
  if (dy === null) return null;
  const { raw } = finished;
  if (raw === null && !options.sums && !options.second) return dy;
  const range = throughOwn(c, op, out, finished);
  planRangeGradient(c, op, dy, out, finished);
  c.emit(op, 'affineGradient', {
    dy,
    u: raw ?? dy,
    scale: finished.scale,
    offset: finished.offset,
    addend: finished.addend,
    coefficients: options.coefficients ?? 0,
    out: dy,
    mode: 0,
    out2: options.second?.to ?? 0,
    mode2: options.second?.accumulate ?? 0,
    sums: options.sums ?? 0,
    pixels: c.size(out) / finished.channels,
    channels: finished.channels,
    activation: raw === null ? ACTIVATION.NONE : finished.activation,
    range: raw === null ? 0 : range,
  });
  return dy;
}

export const imageSums = (c: Planner, op: Op, channels: number): Place =>
  c.buffer(`${op.name} sums`, c.batch * 2 * channels);
