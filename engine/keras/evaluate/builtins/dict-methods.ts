// Methods of dicts.

import { touch } from '../language/branch-log.ts';
import { callValue } from '../language/calls.ts';
import { iterate } from '../language/iteration.ts';
import { type Runtime, raise, unknownHere } from '../runtime.ts';
import { type DictValue, dictKey, int, list, NONE, tuple, type Value } from '../values.ts';
import { methodTable } from './table.ts';
import { toDict } from './types.ts';

const pairs = (self: Value | undefined): readonly (readonly [Value, Value])[] => [
  ...(self as DictValue).entries.values(),
];

const listing = (self: Value | undefined, items: Value[]): Value => {
  const { uncertain } = self as DictValue;
  return { ...list(items), ...(uncertain && { uncertain }) };
};

function lookUp(run: Runtime, self: Value | undefined, key: Value | undefined, fallback: Value): Value {
  if (!key || key.kind === 'unknown') return key ?? NONE;
  const hash = dictKey(key);
  if (hash === undefined) return raise(run, 'TypeError', `unhashable type: '${key.kind}'`);
  const dict = self as DictValue;
  return dict.entries.get(hash)?.[1] ?? dict.uncertain ?? fallback;
}

export const DICT_METHODS = methodTable({
  keys: (_run, [self]) =>
    listing(
      self,
      pairs(self).map(([key]) => key),
    ),
  values: (_run, [self]) =>
    listing(
      self,
      pairs(self).map(([, value]) => value),
    ),
  items: (_run, [self]) => listing(self, pairs(self).map(tuple)),
  get: (run, [self, key, fallback], named) => lookUp(run, self, key, fallback ?? named.get('default') ?? NONE),
  setdefault: (run, [self, key, fallback]) => {
    const found = lookUp(run, self, key, { kind: 'ellipsis' });
    if (found.kind !== 'ellipsis') return found;
    touch(run, self as DictValue);
    (self as DictValue).entries.set(dictKey(key!)!, [key!, fallback ?? NONE]);
    return fallback ?? NONE;
  },
  pop: (run, [self, key, fallback]) => {
    const dict = self as DictValue;
    const hash = key && dictKey(key);
    if (hash === undefined || key?.kind === 'unknown') return unknownHere(run, 'a key that is not known');
    const pair = dict.entries.get(hash);
    if (pair) {
      touch(run, dict);
      dict.entries.delete(hash);
      return pair[1];
    }
    if (dict.uncertain) return dict.uncertain;
    return fallback ?? raise(run, 'KeyError', key?.kind === 'str' ? `'${key.value}'` : 'the key is not there');
  },
  popitem: (run, [self]) => {
    const dict = self as DictValue;
    const last = [...dict.entries].at(-1);
    if (!last) return raise(run, 'KeyError', 'dictionary is empty');
    touch(run, dict);
    dict.entries.delete(last[0]);
    return tuple(last[1]);
  },
  update: (run, [self, value], named) => {
    const dict = self as DictValue;
    touch(run, dict);
    const more = toDict(run, value, named);
    if (more.kind === 'dict') {
      for (const [key, pair] of more.entries) dict.entries.set(key, pair);
      if (more.uncertain) dict.uncertain = more.uncertain;
    } else if (more.kind === 'unknown') dict.uncertain = more;
    return NONE;
  },
  copy: (_run, [self]) => ({ ...(self as DictValue), entries: new Map((self as DictValue).entries) }),
  clear: (run, [self]) => {
    touch(run, self as DictValue);
    (self as DictValue).entries.clear();
    return NONE;
  },
  fromkeys: (run, [self, keys, value]) => {
    const items = iterate(run, keys ?? self!);
    if (items.kind === 'unknown') return items;
    return { kind: 'dict', entries: new Map(items.items.map((key) => [dictKey(key)!, [key, value ?? NONE] as const])) };
  },
  has_key: (_run, [self, key]) => ({ kind: 'bool', value: (self as DictValue).entries.has(dictKey(key!) ?? '') }),
  iteritems: (_run, [self]) => listing(self, pairs(self).map(tuple)),
  itervalues: (_run, [self]) =>
    listing(
      self,
      pairs(self).map(([, value]) => value),
    ),
  iterkeys: (_run, [self]) =>
    listing(
      self,
      pairs(self).map(([key]) => key),
    ),
  most_common: (_run, [self, count]) => {
    const sorted = pairs(self).toSorted(
      (a, b) => (b[1] as { value: number }).value - (a[1] as { value: number }).value,
    );
    return list(sorted.slice(0, count?.kind === 'int' ? count.value : undefined).map(tuple));
  },
  move_to_end: () => NONE,
  __len__: (_run, [self]) => int((self as DictValue).entries.size),
  __contains__: (_run, [self, key]) => ({ kind: 'bool', value: (self as DictValue).entries.has(dictKey(key!) ?? '') }),
  __getitem__: (run, [self, key]) => lookUp(run, self, key, NONE),
  __call__: (run, [self]) => callValue(run, self!, []),
});
