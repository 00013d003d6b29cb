// `TensorShape`: a shape that also answers by method.

import { int, list, NONE, type Value } from '../values.ts';
import { methodTable } from './table.ts';

type Shape = Extract<Value, { kind: 'shape' }>;

export const SHAPE_METHODS = methodTable({
  as_list: (_run, [self]) => list([...(self as Shape).dims]),
  with_rank: (_run, [self]) => self!,
  with_rank_at_least: (_run, [self]) => self!,
  assert_has_rank: () => NONE,
  concatenate: (_run, [self, other]) => {
    const more =
      other?.kind === 'shape' ? other.dims : other?.kind === 'list' || other?.kind === 'tuple' ? other.items : [];
    return { kind: 'shape', dims: [...(self as Shape).dims, ...more] };
  },
  is_fully_defined: (_run, [self]) => ({
    kind: 'bool',
    value: (self as Shape).dims.every((dim) => dim.kind === 'int'),
  }),
  num_elements: (_run, [self]) => {
    const dims = (self as Shape).dims;
    return dims.every((dim) => dim.kind === 'int')
      ? int(dims.reduce((n, dim) => n * (dim as { value: number }).value, 1))
      : NONE;
  },
});

export function shapeAttribute(value: Shape, name: string): Value | undefined {
  if (name === 'rank' || name === 'ndims') return int(value.dims.length);
  if (name === 'dims') return list([...value.dims]);
  return undefined;
}
