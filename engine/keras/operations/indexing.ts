// Indexing and slicing, as `x[:, 1:-1, ::2, None, 0]` writes it.

import type { Shape, TensorId } from '../../graph/tensor.ts';
import { layerError } from '../catalogue/layer-error.ts';
import type { LowerContext } from '../lower/lower-context.ts';
import { reshapeTo } from '../lower/reshape.ts';
import { type AxisRange, sliceAxes } from '../lower/slice.ts';
import type { Json } from '../model.ts';
import { type Operation, type OperationCall, operand, shapeOf } from './operation.ts';

interface Slice {
  readonly start: number | null;
  readonly stop: number | null;
  readonly step: number | null;
}
type Part =
  | { readonly kind: 'slice'; readonly slice: Slice }
  | { readonly kind: 'index'; readonly at: number }
  | { readonly kind: 'new' };

const isEllipsis = (value: Json): boolean => {
  if (typeof value !== 'object' || value === null) return value === '...';
  return !('start' in value) && JSON.stringify(value).toLowerCase().includes('ellipsis');
};

/** The parts of a key with its ellipsis written out; null where one is not a constant. */
function partsOf(call: OperationCall): readonly Part[] | null {
  const { key } = call.arguments;
  const list: readonly Json[] = Array.isArray(key) ? key : [key ?? null];
  const { length } = shapeOf(call, 'x');
  const taken = list.filter((item) => item !== null && !isEllipsis(item)).length;
  if (taken > length) throw layerError(call, `takes ${taken} indices of a tensor of ${length} dimensions.`);
  const whole: Part = { kind: 'slice', slice: { start: null, stop: null, step: null } };
  const rest = new Array<Part>(length - taken).fill(whole);
  const parts = list.flatMap((item): readonly (Part | null)[] => {
    if (item === null) return [{ kind: 'new' }];
    if (isEllipsis(item)) return rest;
    if (typeof item === 'number') return [{ kind: 'index', at: item }];
    const slice = item as { readonly start?: Json; readonly stop?: Json; readonly step?: Json };
    const bounds = [slice.start ?? null, slice.stop ?? null, slice.step ?? null];
    if (!bounds.every((bound) => bound === null || typeof bound === 'number')) return [null];
    const [start, stop, step] = bounds as readonly (number | null)[];
    return [{ kind: 'slice', slice: { start, stop, step } }];
  });
  if (parts.includes(null)) return null;
  const known = parts as readonly Part[];
  return list.some(isEllipsis) ? known : [...known, ...rest];
}

/** Length of a slice of a size, as Python's `len(range(*slice.indices(size)))`. */
function sliceLength(size: number | null, { start, stop, step }: Slice): number | null {
  const stride = step ?? 1;
  if (size === null) {
    // `x[:, 0:3]` of an unknown size is unknown; a whole slice too.
    return null;
  }
  const clamp = (value: number, low: number, high: number) =>
    Math.min(Math.max(value < 0 ? value + size : value, low), high);
  const from =
    start === null ? (stride > 0 ? 0 : size - 1) : stride > 0 ? clamp(start, 0, size) : clamp(start, -1, size - 1);
  const to = stop === null ? (stride > 0 ? size : -1) : stride > 0 ? clamp(stop, 0, size) : clamp(stop, -1, size - 1);
  return Math.max(0, Math.ceil((to - from) / stride));
}

function indexedShape(call: OperationCall): readonly Shape[] | null {
  const parts = partsOf(call);
  if (!parts) return null;
  const shape = shapeOf(call, 'x');
  let axis = 0;
  const result: (number | null)[] = [];
  for (const part of parts) {
    if (part.kind === 'new') result.push(1);
    else {
      const size = shape[axis++];
      if (part.kind === 'slice') result.push(sliceLength(size, part.slice));
      else checkIndex(call, part.at, size);
    }
  }
  return [result];
}

function checkIndex(call: OperationCall, at: number, size: number | null): void {
  if (size === null || (at < size && at >= -size)) return;
  throw layerError(call, `takes index ${at} of a dimension of size ${size}.`);
}

function lower(context: LowerContext, call: OperationCall): readonly TensorId[] {
  const parts = partsOf(call);
  if (!parts) throw layerError(call, 'its indices must be known integers.');
  const ranges: AxisRange[] = [];
  let axis = 0;
  for (const part of parts) {
    if (part.kind === 'new') continue;
    if (part.kind === 'index') ranges.push({ axis, begin: part.at, end: null, isIndex: true });
    else if (part.slice.start !== null || part.slice.stop !== null || (part.slice.step ?? 1) !== 1) {
      const { start, stop, step } = part.slice;
      ranges.push({ axis, begin: start, end: stop, stride: step ?? 1 });
    }
    axis++;
  }
  const x = operand(context, call, 'x');
  const added = parts.some((part) => part.kind === 'new');
  const sliced = ranges.length === 0 ? x : sliceAxes(context, x, ranges, added ? 'slice' : undefined);
  const [shape] = indexedShape(call) ?? [];
  return [added && shape ? reshapeTo(context, sliced, shape) : sliced];
}

export const getitem: Operation = { shapes: indexedShape, lower };
