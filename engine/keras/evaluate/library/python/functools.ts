// `functools`, `itertools`, `copy`, `contextlib`.

import { builtin } from '../../builtins/builtins.ts';
import { iterator } from '../../builtins/functions.ts';
import { nativeClass, OBJECT } from '../../builtins/native-class.ts';
import { cloneLayer } from '../../frameworks/layer-members.ts';
import { findMember } from '../../language/attributes.ts';
import { callValue } from '../../language/calls.ts';
import { iterate } from '../../language/iteration.ts';
import { binary } from '../../language/operators.ts';
import { truth } from '../../language/truth.ts';
import { allocate, type Runtime, unknownHere } from '../../runtime.ts';
import {
  type Instance,
  int,
  list,
  type Named,
  type NativeCall,
  NONE,
  native,
  tuple,
  type Value,
} from '../../values.ts';
import { DECORATOR, functions, makeModule, SAME } from '../make-module.ts';

const PARTIAL = nativeClass(
  'partial',
  [OBJECT],
  [
    [
      '__call__',
      native('__call__', (run, [self, ...args], named, site) => {
        const { attributes } = self as Instance;
        const given = attributes.get('args');
        const keywords = attributes.get('keywords');
        const all = new Map<string, Value>(
          keywords?.kind === 'dict'
            ? [...keywords.entries.values()].map(([k, v]) => [(k as { value: string }).value, v])
            : [],
        );
        for (const [name, value] of named) all.set(name, value);
        return callValue(
          run,
          attributes.get('func')!,
          [...(given?.kind === 'tuple' ? given.items : []), ...args],
          all,
          site,
        );
      }),
    ],
  ],
);

/** `functools.partial(f, *args, **kwargs)`. */
export const partial: NativeCall = (_run, [func, ...args], named) => ({
  kind: 'instance',
  cls: PARTIAL,
  attributes: new Map<string, Value>([
    ['func', func!],
    ['args', tuple(args)],
    [
      'keywords',
      {
        kind: 'dict',
        entries: new Map([...named].map(([name, value]) => [`s${name}`, [{ kind: 'str', value: name }, value]])),
      },
    ],
  ]),
});

export const functools = () =>
  makeModule(
    'functools',
    functions({
      partial,
      wraps: () => native('wraps', SAME),
      lru_cache: DECORATOR,
      cache: DECORATOR,
      cached_property: (_run, [get]) => ({ kind: 'property', get: get! }),
      total_ordering: SAME,
      singledispatch: SAME,
      update_wrapper: SAME,
      reduce: (run, args, named) => callValue(run, builtin('reduce')!, args, named),
      cmp_to_key: SAME,
    }),
  );

type Rows =
  | { readonly kind: 'items'; readonly items: readonly (readonly Value[])[] }
  | Extract<Value, { kind: 'unknown' }>;

function rowsOf(run: Runtime, values: readonly Value[]): Rows {
  const rows: (readonly Value[])[] = [];
  for (const value of values) {
    const items = iterate(run, value);
    if (items.kind === 'unknown') return items;
    rows.push(items.items);
  }
  return { kind: 'items', items: rows };
}

const product: NativeCall = (run, args, named) => {
  const rows = rowsOf(run, args);
  if (rows.kind === 'unknown') return rows;
  const times = named.get('repeat');
  const pools = Array.from({ length: times?.kind === 'int' ? times.value : 1 }, () => rows.items).flat();
  allocate(
    run,
    pools.reduce((count, pool) => count * pool.length, 1),
  );
  return iterator(
    pools.reduce<Value[][]>((all, pool) => all.flatMap((head) => pool.map((item) => [...head, item])), [[]]).map(tuple),
  );
};

function choose(items: readonly Value[], count: number, ordered: boolean): Value[][] {
  if (count === 0) return [[]];
  return items.flatMap((item, i) =>
    choose(ordered ? items.toSpliced(i, 1) : items.slice(i + 1), count - 1, ordered).map((rest) => [item, ...rest]),
  );
}

const choosing =
  (ordered: boolean): NativeCall =>
  (run, [value, size]) => {
    const items = iterate(run, value!);
    if (items.kind === 'unknown') return items;
    const count = size?.kind === 'int' ? size.value : items.items.length;
    allocate(run, items.items.length ** Math.min(count, 6));
    return iterator(choose(items.items, count, ordered).map(tuple));
  };

const ENDLESS = 10_000;

const ITERTOOLS: { readonly [name: string]: NativeCall } = {
  product,
  combinations: choosing(false),
  permutations: choosing(true),
  chain: (run, args) => {
    const rows = rowsOf(run, args);
    return rows.kind === 'unknown' ? rows : iterator(rows.items.flat());
  },
  repeat: (run, [value, times]) => {
    const count = times?.kind === 'int' ? times.value : ENDLESS;
    allocate(run, count);
    return iterator(new Array<Value>(count).fill(value!));
  },
  count: (_run, [start, step], named) => {
    const from = (start ?? named.get('start')) as { value?: number } | undefined;
    const by = (step ?? named.get('step')) as { value?: number } | undefined;
    return iterator(Array.from({ length: ENDLESS }, (_, i) => int((from?.value ?? 0) + i * (by?.value ?? 1))));
  },
  cycle: (run, [value]) => {
    const items = iterate(run, value!);
    if (items.kind === 'unknown') return items;
    return iterator(
      Array.from({ length: items.items.length === 0 ? 0 : ENDLESS }, (_, i) => items.items[i % items.items.length]!),
    );
  },
  islice: (run, [value, ...bounds]) => {
    const items = iterate(run, value!);
    if (items.kind === 'unknown') return items;
    const [a, b, c] = bounds.map((bound) => (bound.kind === 'int' ? bound.value : undefined));
    const [start, stop] = bounds.length === 1 ? [0, a] : [a ?? 0, b];
    return iterator(items.items.slice(start, stop).filter((_, i) => i % (c ?? 1) === 0));
  },
  accumulate: (run, [value, callee]) => {
    const items = iterate(run, value!);
    if (items.kind === 'unknown') return items;
    let total: Value | undefined;
    return iterator(
      items.items.map((item) => {
        total =
          total === undefined
            ? item
            : callee
              ? callValue(run, callee, [total, item])
              : binary(run, '+', total, item, run.site);
        return total;
      }),
    );
  },
  zip_longest: (run, args, named) => {
    const rows = rowsOf(run, args);
    if (rows.kind === 'unknown') return rows;
    const fill = named.get('fillvalue') ?? NONE;
    const length = Math.max(0, ...rows.items.map((row) => row.length));
    return iterator(Array.from({ length }, (_, i) => tuple(rows.items.map((row) => row[i] ?? fill))));
  },
  starmap: (run, [callee, value]) => {
    const items = iterate(run, value!);
    if (items.kind === 'unknown') return items;
    const rows = rowsOf(run, items.items);
    return rows.kind === 'unknown' ? rows : iterator(rows.items.map((row) => callValue(run, callee!, row)));
  },
  takewhile: (run, [callee, value]) => {
    const items = iterate(run, value!);
    if (items.kind === 'unknown') return items;
    const end = items.items.findIndex((item) => truth(run, callValue(run, callee!, [item])) !== true);
    return iterator(end < 0 ? items.items : items.items.slice(0, end));
  },
  tee: (run, [value, count]) => {
    const items = iterate(run, value!);
    if (items.kind === 'unknown') return items;
    return tuple(Array.from({ length: count?.kind === 'int' ? count.value : 2 }, () => iterator(items.items)));
  },
};

export const itertools = () => {
  const module = makeModule('itertools', functions(ITERTOOLS));
  // `chain.from_iterable` is an attribute of a function here.
  module.members.set('chain', chainClass());
  return module;
};

const chainClass = (): Value =>
  nativeClass(
    'chain',
    [OBJECT],
    [
      [
        'from_iterable',
        {
          kind: 'staticmethod',
          get: native('from_iterable', (run, [value]) => {
            const items = iterate(run, value!);
            return items.kind === 'unknown' ? items : ITERTOOLS.chain!(run, items.items, new Map(), run.site);
          }),
        },
      ],
    ],
    (run, [, ...args], named, site) => ITERTOOLS.chain!(run, args, named, site),
  );

/** `copy.deepcopy`: containers anew, layers as Keras copies them. */
export function deepCopy(run: Runtime, value: Value, seen = new Map<Value, Value>()): Value {
  const known = seen.get(value);
  if (known) return known;
  switch (value.kind) {
    case 'list': {
      const copy = { ...list([]), ...(value.uncertain && { uncertain: value.uncertain }) };
      seen.set(value, copy);
      copy.items = value.items.map((item) => deepCopy(run, item, seen));
      allocate(run, copy.items.length);
      return copy;
    }
    case 'tuple':
      return { ...value, items: value.items.map((item) => deepCopy(run, item, seen)) };
    case 'dict': {
      const copy = { ...value, entries: new Map() };
      seen.set(value, copy);
      for (const [key, [name, item]] of value.entries) copy.entries.set(key, [name, deepCopy(run, item, seen)]);
      return copy;
    }
    case 'set':
      return { ...value, entries: new Map(value.entries) };
    case 'instance':
      return copyInstance(run, value, seen);
    default:
      return value;
  }
}

function copyInstance(run: Runtime, value: Instance, seen: Map<Value, Value>): Value {
  if (value.layer)
    return value.layer.model ? unknownHere(run, 'a copy of a model is not evaluated') : cloneLayer(run, value);
  const own = findMember(value.cls, '__deepcopy__');
  if (own) return callValue(run, own, [value, NONE]);
  const copy: Instance = { kind: 'instance', cls: value.cls, attributes: new Map() };
  seen.set(value, copy);
  for (const [name, item] of value.attributes) copy.attributes.set(name, deepCopy(run, item, seen));
  return copy;
}

function shallowCopy(run: Runtime, value: Value): Value {
  if (value.kind === 'list') return { ...value, items: value.items.slice() };
  if (value.kind === 'dict') return { ...value, entries: new Map(value.entries) };
  if (value.kind === 'set') return { ...value, entries: new Map(value.entries) };
  if (value.kind === 'instance')
    return value.layer ? copyInstance(run, value, new Map()) : { ...value, attributes: new Map(value.attributes) };
  return value;
}

export const copy = () =>
  makeModule(
    'copy',
    functions({ copy: (run, [value]) => shallowCopy(run, value!), deepcopy: (run, [value]) => deepCopy(run, value!) }),
  );

/** `@contextmanager`: what the generator yields first is what `with` binds. */
const contextmanager: NativeCall = (_run, [callee]) =>
  native('contextmanager', (run, args, named) => {
    const made = callValue(run, callee!, args, named);
    const value = made.kind === 'iterator' ? (made.items()[0] ?? NONE) : made;
    const cls = nativeClass('contextmanager', [OBJECT], functions({ __enter__: () => value, __exit__: () => NONE }));
    return { kind: 'instance', cls, attributes: new Map(), ...(value.kind === 'unknown' && { uncertain: value }) };
  });

export const contextlib = () =>
  makeModule(
    'contextlib',
    functions({
      contextmanager,
      suppress: (run) => unknownHere(run, 'suppress() is not evaluated'),
      redirect_stdout: (run) => unknownHere(run, 'redirect_stdout() is not evaluated'),
      nullcontext: (run, [value]) =>
        contextmanager(run, [native('nullcontext', () => value ?? NONE)], noNames, run.site),
    }),
  );

const noNames: Named = new Map();
