// Built-in functions that read the names of their caller: `globals()`, `locals()`, `vars()`, `dir()`, `eval()`.

import type { Frame } from '../frame.ts';
import { findAttribute } from '../language/attributes.ts';
import { findName } from '../language/names.ts';
import { type Runtime, unknownHere } from '../runtime.ts';
import { dictOf, list, str, type Value } from '../values.ts';

type FrameBuiltin = (run: Runtime, args: readonly Value[], frame: Frame) => Value;

export const FRAME_BUILTINS: { readonly [name: string]: FrameBuiltin } = {
  globals: (_run, _args, frame) => dictOf(frame.globals),
  locals: (_run, _args, frame) => dictOf(frame.locals),
  vars: (run, [object], frame) => {
    if (!object) return dictOf(frame.locals);
    return findAttribute(run, object, '__dict__') ?? unknownHere(run, 'vars() of this value is not evaluated');
  },
  dir: (run, [object], frame) => {
    if (!object) return list([...frame.locals.keys()].sort().map(str));
    if (object.kind === 'module') return list([...object.members.keys()].sort().map(str));
    if (object.kind === 'class')
      return list([...new Set(object.mro.flatMap((cls) => [...cls.members.keys()]))].sort().map(str));
    if (object.kind === 'instance') return list([...object.attributes.keys()].sort().map(str));
    return unknownHere(run, 'dir() of this value is not evaluated');
  },
  eval: evaluateText,
};

/** `eval` of a dotted name or of a literal: what model code uses it for. */
function evaluateText(run: Runtime, [text]: readonly Value[], frame: Frame): Value {
  if (text?.kind !== 'str') return text ?? unknownHere(run, 'eval() of a value that is no text');
  const source = text.value.trim();
  if (/^-?\d+$/.test(source)) return { kind: 'int', value: Number(source) };
  if (/^-?\d*\.\d+(e-?\d+)?$/i.test(source)) return { kind: 'float', value: Number(source) };
  if (!/^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$/.test(source)) return unknownHere(run, 'eval() of this text is not evaluated');
  const [first, ...rest] = source.split('.');
  let value: Value | undefined = findName(first!, frame);
  for (const name of rest) value = value && findAttribute(run, value, name);
  return value ?? unknownHere(run, `eval() of ${source}, which is not known`);
}
