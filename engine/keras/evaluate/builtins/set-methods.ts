// Methods of sets.

import { touch } from '../language/branch-log.ts';
import { iterate } from '../language/iteration.ts';
import { type Runtime, raise } from '../runtime.ts';
import { bool, type DictKey, dictKey, NONE, type SetValue, type Value } from '../values.ts';
import { methodTable } from './table.ts';
import { toSet } from './types.ts';

const entries = (self: Value | undefined): Map<DictKey, Value> => (self as SetValue).entries;

function other(run: Runtime, value: Value | undefined): Map<DictKey, Value> {
  const items = iterate(run, value!);
  const set = items.kind === 'unknown' ? items : toSet(run, items.items);
  return set.kind === 'set' ? set.entries : new Map();
}

const from = (pairs: Iterable<readonly [DictKey, Value]>): Value => ({ kind: 'set', entries: new Map(pairs) });

export const SET_METHODS = methodTable({
  add: (run, [self, item]) => {
    touch(run, self as SetValue);
    const key = dictKey(item!);
    if (key === undefined) return raise(run, 'TypeError', `unhashable type: '${item!.kind}'`);
    entries(self).set(key, item!);
    return NONE;
  },
  update: (run, [self, value]) => {
    touch(run, self as SetValue);
    for (const [key, item] of other(run, value)) entries(self).set(key, item);
    return NONE;
  },
  discard: (run, [self, item]) => {
    touch(run, self as SetValue);
    entries(self).delete(dictKey(item!) ?? '');
    return NONE;
  },
  remove: (run, [self, item]) => {
    touch(run, self as SetValue);
    if (!entries(self).delete(dictKey(item!) ?? '')) return raise(run, 'KeyError', 'the element is not in the set');
    return NONE;
  },
  union: (run, [self, value]) => from([...entries(self), ...other(run, value)]),
  intersection: (run, [self, value]) => {
    const more = other(run, value);
    return from([...entries(self)].filter(([key]) => more.has(key)));
  },
  difference: (run, [self, value]) => {
    const more = other(run, value);
    return from([...entries(self)].filter(([key]) => !more.has(key)));
  },
  issubset: (run, [self, value]) => {
    const more = other(run, value);
    return bool([...entries(self).keys()].every((key) => more.has(key)));
  },
  issuperset: (run, [self, value]) => bool([...other(run, value).keys()].every((key) => entries(self).has(key))),
  copy: (_run, [self]) => from(entries(self)),
});
