// Each op alone, after the float forward pass: it reads float operands, rounded as the integer program holds them, and none
// reads what another computed here. What its integer form gives for the same operands differs by its own error alone.

import type { Op } from '../../graph/op.ts';
import type { TensorId } from '../../graph/tensor.ts';
import { RANGE, RANGE_SIZE } from '../../kernels/memory.ts';
import type { Grid } from '../../quantization/fake-quantize.ts';
import { at, newBuffer, type Place } from './buffers.ts';
import { createPlanner, type Planner } from './planner.ts';

export interface Isolated {
  /** What each op computes from its fed operands. */
  readonly outputs: ReadonlyMap<TensorId, Place>;
  /** Fed operands, by `op:index`. */
  readonly feeds: ReadonlyMap<string, Place>;
}

export const feedKey = (op: string, input: number): string => `${op}:${input}`;

/** Adds the calls to `c`, which holds the float pass of the same ops. */
export function planIsolated(c: Planner, forward: (planner: Planner, op: Op) => void): Isolated {
  const feeds = planFeeds(c);
  const outputs = new Map<TensorId, Place>();
  for (const op of c.graph.ops) {
    const own = createPlanner(c, c.mode);
    const fed = (id: TensorId): Place => {
      const input = op.inputs.indexOf(id);
      return feeds.get(feedKey(op.name, input)) ?? c.value(id);
    };
    const alone: Planner = {
      ...own,
      calls: c.calls,
      buffers: c.buffers,
      emit: c.emit,
      emitOwn: c.emitOwn,
      buffer: c.buffer,
      // Calls go to the one list, under a buffer of their own for each output.
      newValue: (id) => {
        const place = c.buffer(`${c.graph.tensors[id].name} alone`, c.batch * c.size(id));
        outputs.set(id, place);
        return place;
      },
      setValue: (id, place) => void outputs.set(id, place),
      value: fed,
      operand: (from, index) => feeds.get(feedKey(from.name, index)) ?? c.value(from.inputs[index]!),
    };
    forward(alone, op);
  }
  return { outputs, feeds };
}

/** Operands that are one tensor on one grid are rounded once. */
function planFeeds(c: Planner): ReadonlyMap<string, Place> {
  const ops = new Map(c.graph.ops.map((op) => [op.name, op]));
  const rounded = new Map<string, Place>();
  const feeds = new Map<string, Place>();
  for (const { op: name, input, grid } of c.feeds) {
    const id = ops.get(name)?.inputs[input];
    if (id === null || id === undefined) continue;
    const key = `${id} on ${grid.scale}·${grid.zeroPoint} in ${grid.codes.min}..${grid.codes.max}`;
    let place = rounded.get(key);
    if (place === undefined) {
      place = c.buffer(`${c.graph.tensors[id].name} fed`, c.batch * c.size(id));
      const range = gridRecord(c, key, grid);
      c.emit(null, 'fakeQuantize', { x: c.value(id), out: place, count: c.size(id), range, observed: 0 });
      rounded.set(key, place);
    }
    feeds.set(feedKey(name, input), place);
  }
  return feeds;
}

/** A range record that never moves. */
function gridRecord(c: Planner, key: string, grid: Grid): Place {
  const values = new Float32Array(RANGE_SIZE);
  values[RANGE.min] = grid.min;
  values[RANGE.max] = grid.max;
  values[RANGE.scale] = grid.scale;
  values[RANGE.low] = grid.min;
  values[RANGE.high] = grid.max;
  values[RANGE.zero] = grid.zeroPoint - grid.codes.min;
  values[RANGE.zeroPoint] = grid.zeroPoint;
  values[RANGE.codeMin] = grid.codes.min;
  values[RANGE.codeMax] = grid.codes.max;
  const constant = c.constants.get(`grid ${key}`) ?? { buffer: newBuffer('grid', RANGE_SIZE), values };
  c.constants.set(`grid ${key}`, constant);
  return at(constant.buffer);
}
