// Classes without source.

import type { ClassValue, NativeCall, Value } from '../values.ts';

/** A class without source. */
export function nativeClass(
  name: string,
  bases: readonly ClassValue[],
  members: Iterable<readonly [string, Value]> = [],
  make?: NativeCall,
): ClassValue {
  const mro: ClassValue[] = [];
  const cls: ClassValue = {
    kind: 'class',
    name,
    bases,
    mro,
    members: new Map(members),
    ...(make && { construct: make }),
  };
  mro.push(cls);
  for (const base of bases) for (const each of base.mro) if (!mro.includes(each)) mro.push(each);
  if (mro.length > 1 && name !== 'object') {
    const object = mro.findIndex((each) => each.name === 'object');
    if (object >= 0) mro.push(...mro.splice(object, 1));
  }
  return cls;
}

export const OBJECT: ClassValue = nativeClass('object', []);
