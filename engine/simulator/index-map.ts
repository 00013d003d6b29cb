// Ops that only move elements: for each output element, the input element that it is, found once.

import { product, type Run, type Value } from './kernel.ts';

/** For each element of an output, what `at` says of its place. −1: no input element. Once it has memory: a damaged shape has none. */
export function indexMap({ shape }: Pick<Value, 'shape'>, at: (place: readonly number[]) => number): Int32Array {
  const index = new Int32Array(product(shape));
  const place = shape.map(() => 0);
  for (let i = 0; i < index.length; i++) {
    index[i] = at(place);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      if (++place[axis] < shape[axis]) break;
      place[axis] = 0;
    }
  }
  return index;
}

/** Copies by an index map; elements without a source become `fill`. Any element type, 64-bit ones too. */
export function copyByIndex(input: Value, output: Value, index: Int32Array, fill = 0): Run {
  // 64-bit types move like any other: the types of source and output are the same.
  const data = input.data as Float32Array;
  const out = output.data as Float32Array;
  const blank = out instanceof BigInt64Array ? (BigInt(fill) as unknown as number) : fill;
  return () => {
    for (let i = 0; i < index.length; i++) out[i] = index[i] < 0 ? blank : data[index[i]];
  };
}
