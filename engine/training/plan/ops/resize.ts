// RESIZE_BILINEAR and RESIZE_NEAREST_NEIGHBOR in a training program: a table of neighbours for rows and columns. Coordinates are
// those of LiteRT's float kernels, resize_bilinear.h and resize_nearest_neighbor.h.

import type { OpOf } from '../../../graph/op.ts';
import { constantPlace, type Place } from '../buffers.ts';
import type { Planner } from '../planner.ts';
import { type Finished, finish, unfinish } from './finish.ts';

type Resize = OpOf<'RESIZE_BILINEAR'> | OpOf<'RESIZE_NEAREST_NEIGHBOR'>;
const { fround } = Math;

/** [low, high, how far past low] for each output place along an axis. */
function neighbours(op: Resize, input: number, output: number): Float32Array {
  const { alignCorners, halfPixelCenters } = op.options;
  const isAligned = alignCorners && output > 1;
  const scale = isAligned ? fround((input - 1) / (output - 1)) : fround(input / output);
  const table = new Float32Array(3 * output);
  for (let i = 0; i < output; i++) {
    if (op.kind === 'RESIZE_NEAREST_NEIGHBOR') {
      const at = fround((i + (halfPixelCenters ? 0.5 : 0)) * scale);
      const nearest = isAligned ? Math.round(at) : Math.floor(at);
      table.fill(Math.min(Math.max(nearest, 0), input - 1), 3 * i, 3 * i + 2);
      continue;
    }
    const at = halfPixelCenters ? fround(fround(fround(i + 0.5) * scale) - 0.5) : fround(i * scale);
    const low = Math.max(Math.floor(at), 0);
    table.set([low, Math.min(Math.ceil(at), input - 1), fround(at - low)], 3 * i);
  }
  return table;
}

function geometry(c: Planner, op: Resize) {
  const [x, y] = [c.graph.tensors[op.inputs[0]!].shape, c.graph.tensors[op.outputs[0]].shape];
  const [inH, inW, outH, outW, channels] = [x[1]!, x[2]!, y[1]!, y[2]!, y[3]!];
  const table = (axis: string, input: number, output: number): Place =>
    constantPlace(c.constants, `${op.name} ${axis}`, () => neighbours(op, input, output));
  return { inH, inW, outH, outW, channels, rows: table('rows', inH, outH), columns: table('columns', inW, outW) };
}

/** The nearest neighbour moves values; a blend of values on a grid is rounded to it again. */
export function forwardResize(c: Planner, op: Resize): void {
  const [out] = op.outputs;
  const isBlend = op.kind === 'RESIZE_BILINEAR';
  const to = isBlend ? c.buffer(`${op.name} raw`, c.batch * c.size(out)) : c.newValue(out);
  c.emit(op, 'interpolate', { x: c.operand(op, 0), out: to, ...geometry(c, op) });
  if (isBlend) c.memo.set(op, finish(c, op, to));
}

export function backwardResize(c: Planner, op: Resize): void {
  const [out] = op.outputs;
  const dy = op.kind === 'RESIZE_BILINEAR' ? unfinish(c, op, out, c.memo.get(op) as Finished) : c.gradient(out);
  const target = dy && c.gradientTarget(op.inputs[0]!);
  if (!dy || !target) return;
  c.emit(op, 'interpolateGradient', { dy, out: target.to, ...geometry(c, op), accumulate: target.accumulate });
}
