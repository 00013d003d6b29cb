// Parts of a tensor as STRIDED_SLICE; axes that are not named stay whole, so that the batch may be unknown.

import type { TensorId } from '../../graph/tensor.ts';
import type { LowerContext } from './lower-context.ts';

export interface AxisRange {
  readonly axis: number;
  /** From the front, or from the end where negative; null is the start. */
  readonly begin: number | null;
  /** Exclusive; null is the end. */
  readonly end: number | null;
  readonly stride?: number;
  /** The axis is dropped: `begin` alone is taken. */
  readonly isIndex?: boolean;
}

/** `x[:, begin:end:stride, …]`. */
export function sliceAxes(context: LowerContext, x: TensorId, ranges: readonly AxisRange[], suffix?: string): TensorId {
  const { graph, path } = context;
  const rank = graph.shape(x).length;
  const begin = new Array<number>(rank).fill(0);
  const end = new Array<number>(rank).fill(0);
  const strides = new Array<number>(rank).fill(1);
  let beginMask = (1 << rank) - 1;
  let endMask = (1 << rank) - 1;
  let shrinkAxisMask = 0;
  for (const range of ranges) {
    const bit = 1 << range.axis;
    if (range.begin !== null) {
      begin[range.axis] = range.begin;
      beginMask &= ~bit;
    }
    if (range.isIndex) {
      end[range.axis] = (range.begin ?? 0) + 1;
      shrinkAxisMask |= bit;
      if (range.begin !== -1) endMask &= ~bit;
    } else if (range.end !== null) {
      end[range.axis] = range.end;
      endMask &= ~bit;
    }
    strides[range.axis] = range.stride ?? 1;
  }
  const name = suffix === undefined ? path : `${path}/${suffix}`;
  const operands = [
    x,
    ...[begin, end, strides].map((values, index) => graph.integers(`${name}/${PARTS[index]}`, values)),
  ];
  const options = { beginMask, endMask, ellipsisMask: 0, newAxisMask: 0, shrinkAxisMask, offset: false };
  return graph.op('STRIDED_SLICE', operands, options, { name, layers: [path] });
}

const PARTS = ['begin', 'end', 'strides'];
