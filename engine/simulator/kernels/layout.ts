// TRANSPOSE, REVERSE_V2, TILE, BROADCAST_TO, SPACE_TO_DEPTH, DEPTH_TO_SPACE, SPACE_TO_BATCH_ND, BATCH_TO_SPACE_ND.

import { broadcastIndex } from '../broadcast.ts';
import { copyByIndex, indexMap } from '../index-map.ts';
import { integers, type Kernel, type KernelContext, strides, type Value } from '../kernel.ts';

/** A parameter tensor that must be a constant. */
export function constantIntegers(context: KernelContext, index: number): number[] {
  const tensor = context.input(index);
  if (!tensor.known) context.refuse(`its input ${index}, "${tensor.name}", is not a constant`);
  return integers(tensor);
}

/** Σ place·stride. */
export function offset(place: readonly number[], steps: readonly number[]): number {
  let at = 0;
  for (let axis = 0; axis < steps.length; axis++) at += place[axis] * steps[axis];
  return at;
}

export const transpose: Kernel<'TRANSPOSE'> = (_op, context) => {
  const input = context.input(0);
  const rank = input.shape.length;
  const order = constantIntegers(context, 1).map((axis) => (axis < 0 ? axis + rank : axis));
  if (order.length !== rank || new Set(order).size !== rank || order.some((axis) => axis < 0 || axis >= rank)) {
    return context.refuse(`its permutation ${order.join(', ')} is none of ${rank} axes`);
  }
  const own = strides(input.shape);
  const steps = order.map((axis) => own[axis]);
  const shape = order.map((axis) => input.shape[axis]);
  const output = context.output(0, shape);
  return copyByIndex(
    input,
    output,
    indexMap(output, (place) => offset(place, steps)),
  );
};

export const reverse: Kernel<'REVERSE_V2'> = (_op, context) => {
  const input = context.input(0);
  const axes = constantIntegers(context, 1).map((axis) => (axis < 0 ? axis + input.shape.length : axis));
  const steps = strides(input.shape);
  const output = context.output(0, input.shape);
  const index = indexMap(output, (place) =>
    offset(
      place.map((i, axis) => (axes.includes(axis) ? input.shape[axis] - 1 - i : i)),
      steps,
    ),
  );
  return copyByIndex(input, output, index);
};

export const tile: Kernel<'TILE'> = (_op, context) => {
  const input = context.input(0);
  const times = constantIntegers(context, 1);
  if (times.length !== input.shape.length)
    return context.refuse(`it has ${times.length} multiples for rank ${input.shape.length}`);
  const shape = input.shape.map((size, axis) => size * times[axis]);
  const output = context.output(0, shape);
  const steps = strides(input.shape);
  return copyByIndex(
    input,
    output,
    indexMap(output, (place) =>
      offset(
        place.map((i, axis) => i % input.shape[axis]),
        steps,
      ),
    ),
  );
};

export const broadcastTo: Kernel<'BROADCAST_TO'> = (_op, context) => {
  const input = context.input(0);
  const shape = constantIntegers(context, 1);
  const fits = input.shape.every((size, i) => size === 1 || size === shape[i + shape.length - input.shape.length]);
  if (shape.length < input.shape.length || !fits) {
    return context.refuse(`${input.shape.join('×')} does not broadcast to ${shape.join('×')}`);
  }
  const output = context.output(0, shape);
  const index = broadcastIndex(input.shape, shape) ?? Int32Array.from({ length: output.size }, (_, i) => i);
  return copyByIndex(input, output, index);
};

function image(context: KernelContext): Value {
  const input = context.input(0);
  return input.shape.length === 4 ? input : context.refuse('it needs an image of rank 4');
}

export const spaceToDepth: Kernel<'SPACE_TO_DEPTH'> = (op, context) => {
  const input = image(context);
  const block = op.options.blockSize;
  const [batch, height, width, depth] = input.shape;
  if (block < 1 || height % block !== 0 || width % block !== 0)
    return context.refuse(`blocks of ${block} do not divide ${height}×${width}`);
  const shape = [batch, height / block, width / block, depth * block * block];
  const steps = strides(input.shape);
  const output = context.output(0, shape);
  const index = indexMap(output, ([b, y, x, c]) => {
    const within = Math.floor(c / depth);
    return offset([b, y * block + Math.floor(within / block), x * block + (within % block), c % depth], steps);
  });
  return copyByIndex(input, output, index);
};

export const depthToSpace: Kernel<'DEPTH_TO_SPACE'> = (op, context) => {
  const input = image(context);
  const block = op.options.blockSize;
  const [batch, height, width, channels] = input.shape;
  const depth = channels / (block * block);
  if (block < 1 || !Number.isInteger(depth))
    return context.refuse(`blocks of ${block} do not divide ${channels} channels`);
  const shape = [batch, height * block, width * block, depth];
  const steps = strides(input.shape);
  const output = context.output(0, shape);
  const index = indexMap(output, ([b, y, x, c]) =>
    offset([b, Math.floor(y / block), Math.floor(x / block), ((y % block) * block + (x % block)) * depth + c], steps),
  );
  return copyByIndex(input, output, index);
};

/** Block sizes and pairs of paddings (or crops) of the spatial axes, which follow the batch. */
function blocks(context: KernelContext): {
  readonly block: number[];
  readonly edges: number[];
  readonly blocks: number;
} {
  const block = constantIntegers(context, 1);
  const edges = constantIntegers(context, 2);
  if (edges.length !== 2 * block.length || block.some((size) => size < 1) || edges.some((size) => size < 0)) {
    context.refuse(`its block ${block.join('×')} and edges ${edges.join(', ')} do not fit`);
  }
  return { block, edges, blocks: block.reduce((total, size) => total * size, 1) };
}

export const spaceToBatch: Kernel<'SPACE_TO_BATCH_ND'> = (_op, context) => {
  const input = context.input(0);
  const { block, edges, blocks: total } = blocks(context);
  const spatial = block.map((size, i) => (input.shape[i + 1] + edges[2 * i] + edges[2 * i + 1]) / size);
  if (!spatial.every(Number.isInteger))
    return context.refuse(`its padded input is not divided by the block ${block.join('×')}`);
  const shape = [input.shape[0] * total, ...spatial, ...input.shape.slice(1 + block.length)];
  const output = context.output(0, shape);
  const steps = strides(input.shape);
  const index = indexMap(output, (place) => {
    let rest = Math.floor(place[0] / input.shape[0]);
    const from = [...place];
    from[0] = place[0] % input.shape[0];
    for (let i = block.length - 1; i >= 0; i--) {
      from[i + 1] = place[i + 1] * block[i] + (rest % block[i]) - edges[2 * i];
      rest = Math.floor(rest / block[i]);
      if (from[i + 1] < 0 || from[i + 1] >= input.shape[i + 1]) return -1;
    }
    return offset(from, steps);
  });
  return copyByIndex(input, output, index, output.zeroPoint);
};

export const batchToSpace: Kernel<'BATCH_TO_SPACE_ND'> = (_op, context) => {
  const input = context.input(0);
  const { block, edges, blocks: total } = blocks(context);
  const batch = input.shape[0] / total;
  if (!Number.isInteger(batch))
    return context.refuse(`its batch of ${input.shape[0]} is not divided by ${total} blocks`);
  const spatial = block.map((size, i) => input.shape[i + 1] * size - edges[2 * i] - edges[2 * i + 1]);
  const shape = [batch, ...spatial, ...input.shape.slice(1 + block.length)];
  const output = context.output(0, shape);
  const steps = strides(input.shape);
  const index = indexMap(output, (place) => {
    const from = [...place];
    let within = 0;
    for (let i = 0; i < block.length; i++) {
      const at = place[i + 1] + edges[2 * i];
      within = within * block[i] + (at % block[i]);
      from[i + 1] = Math.floor(at / block[i]);
    }
    from[0] = within * batch + place[0];
    return offset(from, steps);
  });
  return copyByIndex(input, output, index);
};
