// Methods of lists and tuples.

import { touch } from '../language/branch-log.ts';
import { iterate } from '../language/iteration.ts';
import { equal } from '../language/operators.ts';
import { truth } from '../language/truth.ts';
import { allocate, type Runtime, raise, unknownHere } from '../runtime.ts';
import { int, integerIn, type ListValue, list, NONE, type Value } from '../values.ts';
import { sort } from './functions.ts';
import { methodTable } from './table.ts';

const itemsOf = (value: Value | undefined): readonly Value[] =>
  value?.kind === 'list' || value?.kind === 'tuple' ? value.items : [];

function indexOf(run: Runtime, self: Value | undefined, item: Value): number | Value {
  for (const [i, each] of itemsOf(self).entries()) {
    const same = each === item ? true : truth(run, equal(run, each, item));
    if (same === true) return i;
    if (same !== false) return same;
  }
  return -1;
}

const SHARED = {
  index: (run: Runtime, [self, item]: readonly Value[]): Value => {
    const found = indexOf(run, self, item!);
    if (typeof found !== 'number') return found;
    return found >= 0 ? int(found) : raise(run, 'ValueError', 'the value is not in the list');
  },
  count: (run: Runtime, [self, item]: readonly Value[]): Value =>
    int(itemsOf(self).filter((each) => truth(run, equal(run, each, item!)) === true).length),
};

export const SEQUENCE_METHODS = methodTable({
  ...SHARED,
  _asdict: (_run, [self]) => {
    const fields = self?.kind === 'tuple' ? self.cls?.members.get('_fields') : undefined;
    const names = itemsOf(fields);
    return {
      kind: 'dict',
      entries: new Map(
        names.map((name, i) => [`s${(name as { value: string }).value}`, [name, itemsOf(self)[i]!] as const]),
      ),
    };
  },
  _replace: (_run, [self], named) => {
    if (self?.kind !== 'tuple') return NONE;
    const names = itemsOf(self.cls?.members.get('_fields')).map((name) => (name as { value: string }).value);
    return { ...self, items: self.items.map((item, i) => named.get(names[i]!) ?? item) };
  },
});

export const LIST_METHODS = methodTable({
  ...SHARED,
  append: (run, [self, item]) => {
    touch(run, self as ListValue);
    allocate(run, 1);
    (self as ListValue).items.push(item!);
    return NONE;
  },
  extend: (run, [self, value]) => {
    const target = self as ListValue;
    touch(run, target);
    const items = iterate(run, value!);
    if (items.kind === 'unknown') target.uncertain = items;
    else {
      allocate(run, items.items.length);
      target.items.push(...items.items);
    }
    return NONE;
  },
  insert: (run, [self, index, item]) => {
    const target = self as ListValue;
    touch(run, target);
    const at = integerIn(index!);
    if (at === undefined) target.uncertain = unknownHere(run, 'an index that is not known');
    else target.items.splice(at, 0, item!);
    return NONE;
  },
  pop: (run, [self, index]) => {
    const target = self as ListValue;
    if (target.uncertain) return target.uncertain;
    touch(run, target);
    const at = index ? integerIn(index) : -1;
    if (at === undefined) return index!;
    const position = at < 0 ? at + target.items.length : at;
    return target.items.splice(position, 1)[0] ?? raise(run, 'IndexError', 'pop from empty list');
  },
  remove: (run, [self, item]) => {
    const target = self as ListValue;
    touch(run, target);
    const found = indexOf(run, self, item!);
    if (typeof found !== 'number') target.uncertain = unknownHere(run, 'a removal that is not known');
    else if (found < 0) raise(run, 'ValueError', 'list.remove(x): x not in list');
    else target.items.splice(found, 1);
    return NONE;
  },
  clear: (run, [self]) => {
    touch(run, self as ListValue);
    (self as ListValue).items = [];
    return NONE;
  },
  reverse: (run, [self]) => {
    touch(run, self as ListValue);
    (self as ListValue).items = (self as ListValue).items.toReversed();
    return NONE;
  },
  sort: (run, [self], named) => {
    const target = self as ListValue;
    touch(run, target);
    const sorted = sort(run, target.items, named);
    if (sorted.kind === 'list') target.items = sorted.items;
    else if (sorted.kind === 'unknown') target.uncertain = sorted;
    return NONE;
  },
  copy: (_run, [self]) => {
    const source = self as ListValue;
    return { ...list(source.items.slice()), ...(source.uncertain && { uncertain: source.uncertain }) };
  },
  popleft: (run, [self]) => {
    touch(run, self as ListValue);
    return (self as ListValue).items.shift() ?? raise(run, 'IndexError', 'pop from an empty deque');
  },
  appendleft: (run, [self, item]) => {
    touch(run, self as ListValue);
    (self as ListValue).items.unshift(item!);
    return NONE;
  },
});
