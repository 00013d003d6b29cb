// Ops that only move elements within an image, by a table of where each element of the output comes from.

import { InputError } from '../../../errors.ts';
import type { OpOf } from '../../../graph/op.ts';
import { normalizeAxis } from '../../../graph/shape-arithmetic.ts';
import type { TensorId } from '../../../graph/tensor.ts';
import { constantPlace, type Place } from '../buffers.ts';
import type { Planner } from '../planner.ts';

type Gathered =
  | OpOf<'STRIDED_SLICE'>
  | OpOf<'SLICE'>
  | OpOf<'TRANSPOSE'>
  | OpOf<'MIRROR_PAD'>
  | OpOf<'DEPTH_TO_SPACE'>
  | OpOf<'SPACE_TO_DEPTH'>;

/** From the coordinates of an output element to those of the input's, the batch included. */
type Source = (at: readonly number[]) => readonly number[];

/** Elements of an image beyond which a float32 does not count. */
const MOST_ELEMENTS = 2 ** 24;

function numbers(c: Planner, op: Gathered, input: number): readonly number[] {
  const { data, name } = c.graph.tensors[op.inputs[input]!];
  if (data !== undefined) return Array.from({ length: data.length }, (_, i) => Number(data[i]));
  throw new InputError(`The layer ${op.name} moves elements by ${name}, which is computed: that cannot be trained.`, {
    layer: op.name,
  });
}

function sourceOf(c: Planner, op: Gathered): Source {
  switch (op.kind) {
    case 'SLICE': {
      const begin = numbers(c, op, 1);
      return (at) => at.map((place, axis) => place + begin[axis]);
    }
    case 'STRIDED_SLICE':
      return stridedSource(c, op);
    case 'TRANSPOSE': {
      const order = numbers(c, op, 1);
      return (at) => order.map((_, axis) => at[order.indexOf(axis)]);
    }
    case 'MIRROR_PAD': {
      const pads = numbers(c, op, 1);
      const edge = op.options.mode === 'REFLECT' ? 0 : 1;
      const sizes = shapeOf(c, op.inputs[0]!);
      return (at) => at.map((place, axis) => mirrored(place - pads[2 * axis], sizes[axis], edge));
    }
    case 'DEPTH_TO_SPACE': {
      const { blockSize: size } = op.options;
      const depth = shapeOf(c, op.outputs[0])[3];
      return ([n, y, x, d]) => [
        n,
        Math.floor(y / size),
        Math.floor(x / size),
        ((y % size) * size + (x % size)) * depth + d,
      ];
    }
    case 'SPACE_TO_DEPTH': {
      const { blockSize: size } = op.options;
      const depth = shapeOf(c, op.inputs[0]!)[3];
      return ([n, y, x, d]) => {
        const block = Math.floor(d / depth);
        return [n, y * size + Math.floor(block / size), x * size + (block % size), d % depth];
      };
    }
  }
}

function mirrored(place: number, size: number, edge: number): number {
  if (place < 0) return -place - edge;
  return place < size ? place : 2 * size - 2 - place + edge;
}

/** Begins and strides by axis; axes that the output lost stand still. Ellipses and new axes come from no Keras layer. */
function stridedSource(c: Planner, op: OpOf<'STRIDED_SLICE'>): Source {
  const { beginMask, ellipsisMask, newAxisMask, shrinkAxisMask } = op.options;
  if (ellipsisMask !== 0 || newAxisMask !== 0) {
    throw new InputError(`The layer ${op.name} slices with an ellipsis or a new axis, which cannot be trained.`, {
      layer: op.name,
    });
  }
  const sizes = shapeOf(c, op.inputs[0]!);
  const [begins, strides] = [numbers(c, op, 1), numbers(c, op, 3)];
  const axes = sizes.map((size, axis) => {
    const stride = strides[axis] ?? 1;
    const isOpen = axis >= begins.length || (beginMask & (1 << axis)) !== 0;
    const start = isOpen ? (stride < 0 ? size - 1 : 0) : normalizeAxis(begins[axis], size);
    return { start, stride, isLost: (shrinkAxisMask & (1 << axis)) !== 0 };
  });
  return (at) => {
    let next = 0;
    return axes.map(({ start, stride, isLost }) => (isLost ? start : start + stride * at[next++]));
  };
}

const shapeOf = (c: Planner, id: TensorId): number[] => c.graph.tensors[id].shape.map((size) => size ?? 1);

/** Where each element of an image of the output comes from. */
function mapOf(c: Planner, op: Gathered): Float32Array {
  const [input, output] = [shapeOf(c, op.inputs[0]!), shapeOf(c, op.outputs[0])];
  const source = sourceOf(c, op);
  const map = new Float32Array(c.size(op.outputs[0]));
  const at = output.map(() => 0);
  for (let i = 0; i < map.length; i++) {
    const from = source(at);
    if (from[0] !== 0 || c.size(op.inputs[0]!) > MOST_ELEMENTS) {
      throw new InputError(`The layer ${op.name} moves elements from image to image, which cannot be trained.`, {
        layer: op.name,
      });
    }
    map[i] = from.slice(1).reduce((sum, place, axis) => sum * input[axis + 1] + place, 0);
    for (let axis = output.length - 1; axis > 0 && ++at[axis] === output[axis]; axis--) at[axis] = 0;
  }
  return map;
}

function mapPlace(c: Planner, op: Gathered): Place {
  return constantPlace(c.constants, `${op.name} map`, () => mapOf(c, op));
}

export function forwardGather(c: Planner, op: Gathered): void {
  const [x, out] = [op.inputs[0]!, op.outputs[0]];
  const sizes = { count: c.size(out), xCount: c.size(x) };
  c.emit(op, 'gather', { x: c.operand(op, 0), out: c.newValue(out), map: mapPlace(c, op), ...sizes });
}

export function backwardGather(c: Planner, op: Gathered): void {
  const [x, out] = [op.inputs[0]!, op.outputs[0]];
  const dy = c.gradient(out);
  const target = dy && c.gradientTarget(x);
  if (!dy || !target) return;
  const sizes = { count: c.size(out), xCount: c.size(x), accumulate: target.accumulate };
  c.emit(op, 'gatherGradient', { dy, out: target.to, map: mapPlace(c, op), ...sizes });
}
