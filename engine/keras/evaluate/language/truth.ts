// Python's truth of a value, where it is known.

import { type Runtime, unknownHere } from '../runtime.ts';
import type { Unknown, Value } from '../values.ts';
import { findMember } from './attributes.ts';
import { callValue } from './calls.ts';

export function truth(run: Runtime, value: Value): boolean | Unknown {
  switch (value.kind) {
    case 'bool':
      return value.value;
    case 'none':
      return false;
    case 'int':
    case 'float':
      return value.value !== 0;
    case 'str':
    case 'bytes':
      return value.value !== '';
    case 'list':
      return value.uncertain ?? value.items.length > 0;
    case 'tuple':
      return value.items.length > 0;
    case 'dict':
    case 'set':
      return value.uncertain ?? value.entries.size > 0;
    case 'range':
      return (value.stop - value.start) / value.step > 0;
    case 'shape':
      return value.dims.length > 0;
    case 'unknown':
      return value;
    case 'array':
      if (value.data?.length === 1) return value.data[0] !== 0;
      return unknownHere(run, 'the values of the array are not known');
    case 'tensor':
      return unknownHere(run, 'the value of a tensor is not known');
    case 'instance':
      return instanceTruth(run, value);
    default:
      return true;
  }
}

function instanceTruth(run: Runtime, value: Extract<Value, { kind: 'instance' }>): boolean | Unknown {
  if (value.layer) return true;
  for (const method of ['__bool__', '__len__']) {
    const member = findMember(value.cls, method);
    if (!member) continue;
    const result = callValue(run, member, [value]);
    return truth(run, result);
  }
  if (value.cls.unknownBase) return value.cls.unknownBase;
  return true;
}
