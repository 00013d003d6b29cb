// Two values of which one is right: what can still be said of them together.

import type { Instance, TensorValue, Unknown, Value } from '../values.ts';

/** Whether two values are surely equal, for what branches assign. */
export function sameValue(a: Value, b: Value): boolean {
  if (a === b) return true;
  if (a.kind !== b.kind) return false;
  switch (a.kind) {
    case 'none':
    case 'ellipsis':
      return true;
    case 'int':
    case 'float':
    case 'bool':
    case 'str':
    case 'bytes':
      return Object.is(a.value, (b as typeof a).value);
    case 'tuple': {
      const other = (b as typeof a).items;
      return a.items.length === other.length && a.items.every((item, i) => sameValue(item, other[i]!));
    }
    case 'function':
      return (
        a.definition !== undefined &&
        a.definition === (b as typeof a).definition &&
        a.closure === (b as typeof a).closure
      );
    default:
      return false;
  }
}

/** One of two values for a reason: itself where both are equal, a tensor or layer that carries the doubt, or unknown. */
export function join(a: Value, b: Value, reason: Unknown): Value {
  if (sameValue(a, b)) return a;
  if (a.kind === 'tensor' && b.kind === 'tensor') return { ...a, shape: joinShapes(a, b), uncertain: reason };
  if (a.kind === 'tensor') return { ...a, uncertain: reason };
  if (b.kind === 'tensor') return { ...b, uncertain: reason };
  const kept = preferred(a, b);
  if (kept) {
    kept.uncertain = reason;
    return kept;
  }
  return reason;
}

/** A layer or model is kept, since something can be shown of it. */
function preferred(a: Value, b: Value): Instance | undefined {
  if (a.kind === 'instance' && a.layer) return a;
  if (b.kind === 'instance' && b.layer) return b;
  return undefined;
}

function joinShapes(a: TensorValue, b: TensorValue): TensorValue['shape'] {
  const other = b.shape;
  if (!a.shape || !other || a.shape.length !== other.length) return null;
  return a.shape.map((size, i) => (size === other[i] ? size : null));
}
