// `collections`, `dataclasses`, `enum`, `abc`, `typing`, `types`.

import { nativeClass, OBJECT } from '../../builtins/native-class.ts';
import { DICT, FUNCTION_TYPE, MODULE_TYPE, NONE_TYPE, TUPLE, toDict } from '../../builtins/types.ts';
import { callValue } from '../../language/calls.ts';
import { iterate } from '../../language/iteration.ts';
import { type Runtime, raise, unknownHere } from '../../runtime.ts';
import {
  type ClassValue,
  dictKey,
  dictOf,
  type Instance,
  int,
  list,
  type NativeCall,
  NONE,
  native,
  str,
  type TupleValue,
  tuple,
  type Value,
} from '../../values.ts';
import { functions, makeModule, SAME } from '../make-module.ts';
import { deepCopy } from './functools.ts';

/** A class of named tuples. */
function tupleClass(name: string, fields: readonly string[], defaults: ReadonlyMap<string, Value>): ClassValue {
  const make: NativeCall = (run, [cls, ...args], named) => {
    const items = fields.map(
      (field, i) =>
        args[i] ??
        named.get(field) ??
        defaults.get(field) ??
        raise(run, 'TypeError', `${name}() missing the argument '${field}'`),
    );
    return { kind: 'tuple', items, cls: cls as ClassValue };
  };
  return nativeClass(
    name,
    [TUPLE],
    [
      ['_fields', tuple(fields.map(str))],
      [
        '_asdict',
        native('_asdict', (_run, [self]) =>
          dictOf(fields.map((field, i) => [field, (self as { items: Value[] }).items[i]!])),
        ),
      ],
      [
        '_replace',
        native('_replace', (_run, [self], named) => {
          const { items, cls } = self as TupleValue & { readonly cls: ClassValue };
          return { kind: 'tuple', cls, items: fields.map((field, i) => named.get(field) ?? items[i]!) };
        }),
      ],
      [
        '_make',
        {
          kind: 'classmethod',
          get: native('_make', (run, [cls, value]) => {
            const items = iterate(run, value!);
            return items.kind === 'unknown' ? items : callValue(run, cls!, items.items);
          }),
        },
      ],
    ],
    make,
  );
}

const namedtuple: NativeCall = (run, [name, fields, ...rest], named) => {
  const items =
    fields?.kind === 'str'
      ? fields.value
          .split(/[\s,]+/)
          .filter(Boolean)
          .map(str)
      : undefined;
  const known = items ?? (fields && iterate(run, fields));
  if (!known || (!Array.isArray(known) && known.kind === 'unknown'))
    return unknownHere(run, 'the fields of the named tuple are not known');
  const names = (Array.isArray(known) ? known : known.items).map((item) => (item as { value: string }).value);
  const given = named.get('defaults') ?? rest[2];
  const last = given && given.kind !== 'none' ? iterate(run, given) : undefined;
  const values = last?.kind === 'items' ? last.items : [];
  const defaults = new Map(values.map((value, i) => [names[names.length - values.length + i]!, value]));
  return tupleClass((name as { value: string }).value, names, defaults);
};

const defaultdict: NativeCall = (run, [, factory, ...rest], named) => {
  const dict = toDict(run, rest[0], named);
  if (dict.kind === 'dict' && factory && factory.kind !== 'none') dict.factory = factory;
  return dict;
};

const counter: NativeCall = (run, [, value]) => {
  const items = value ? iterate(run, value) : undefined;
  if (items?.kind === 'unknown') return items;
  const counts = new Map<string | number | object, readonly [Value, Value]>();
  for (const item of items?.items ?? []) {
    const key = dictKey(item)!;
    counts.set(key, [item, int(1 + ((counts.get(key)?.[1] as { value: number } | undefined)?.value ?? 0))]);
  }
  return { kind: 'dict', entries: counts, factory: native('int', () => int(0)) };
};

export const collections = () =>
  makeModule('collections', [
    ['OrderedDict', DICT],
    ['UserDict', DICT],
    ['namedtuple', native('namedtuple', namedtuple)],
    ['defaultdict', nativeClass('defaultdict', [DICT], [], defaultdict)],
    ['Counter', nativeClass('Counter', [DICT], [], counter)],
    [
      'deque',
      native('deque', (run, [value]) => {
        const items = value ? iterate(run, value) : undefined;
        return items?.kind === 'unknown' ? items : list([...(items?.items ?? [])]);
      }),
    ],
    ['abc', abstractClasses('collections.abc')],
    ...abstractClasses('collections').members,
  ]);

export const abstractClasses = (name: string) =>
  makeModule(
    name,
    [
      'Iterable',
      'Iterator',
      'Sequence',
      'MutableSequence',
      'Sized',
      'Collection',
      'Mapping',
      'MutableMapping',
      'Callable',
      'Hashable',
      'Generator',
    ].map((each) => [each, abstract(each)]),
  );

const ABSTRACT = new Map<string, ClassValue>();
function abstract(name: string): ClassValue {
  const known = ABSTRACT.get(name);
  if (known) return known;
  const made = nativeClass(name, [OBJECT]);
  ABSTRACT.set(name, made);
  return made;
}

interface Field {
  readonly name: string;
  readonly value?: Value;
}

/** Fields of a dataclass and of its bases, in order. */
function fieldsOf(cls: ClassValue): Field[] {
  const fields = new Map<string, Field>();
  for (const each of cls.mro.toReversed()) {
    const annotations = each.members.get('__annotations__');
    if (annotations?.kind !== 'dict') continue;
    for (const [key] of annotations.entries.values()) {
      if (key.kind !== 'str') continue;
      const value = each.members.get(key.value);
      fields.set(key.value, { name: key.value, ...(value && { value }) });
    }
  }
  return [...fields.values()];
}

const FIELD = nativeClass('Field', [OBJECT]);

const field: NativeCall = (_run, _args, named) => ({ kind: 'instance', cls: FIELD, attributes: new Map(named) });

function defaultOf(run: Runtime, value: Value | undefined): Value | undefined {
  if (value?.kind !== 'instance' || value.cls !== FIELD) return value && deepCopyIfMutable(run, value);
  const factory = value.attributes.get('default_factory');
  return factory ? callValue(run, factory, []) : value.attributes.get('default');
}

const deepCopyIfMutable = (run: Runtime, value: Value): Value =>
  value.kind === 'list' || value.kind === 'dict' ? deepCopy(run, value) : value;

const dataclass: NativeCall = (_run, [cls]) => {
  if (cls?.kind !== 'class') return native('dataclass', dataclass);
  const init: NativeCall = (run, [self, ...args], named) => {
    const instance = self as Instance;
    const own = fieldsOf(instance.cls);
    const known = new Set(own.map(({ name }) => name));
    for (const name of named.keys())
      if (!known.has(name))
        raise(run, 'TypeError', `${cls.name}.__init__() got an unexpected keyword argument '${name}'`);
    let position = 0;
    for (const { name, value } of own) {
      const isInit =
        value?.kind !== 'instance' ||
        value.cls !== FIELD ||
        (value.attributes.get('init') as { value?: boolean } | undefined)?.value !== false;
      const given = isInit ? (args[position++] ?? named.get(name)) : undefined;
      const item = given ?? defaultOf(run, value);
      if (!item) raise(run, 'TypeError', `${cls.name}.__init__() missing 1 required positional argument: '${name}'`);
      instance.attributes.set(name, item);
    }
    const after = instance.cls.mro.map((each) => each.members.get('__post_init__')).find(Boolean);
    return after ? callValue(run, after, [instance]) : NONE;
  };
  if (!cls.members.has('__init__')) cls.members.set('__init__', native('__init__', init));
  return cls;
};

const asdict: NativeCall = (run, [value]) => {
  if (value?.kind !== 'instance') return unknownHere(run, 'asdict() of a value that is no dataclass');
  return dictOf(fieldsOf(value.cls).map(({ name }) => [name, deepCopy(run, value.attributes.get(name) ?? NONE)]));
};

export const dataclasses = () =>
  makeModule(
    'dataclasses',
    functions({
      dataclass,
      field,
      asdict,
      fields: (_run, [value]) => {
        const cls = value?.kind === 'instance' ? value.cls : (value as ClassValue);
        return tuple(
          fieldsOf(cls).map(
            ({ name }): Value => ({ kind: 'instance', cls: FIELD, attributes: new Map([['name', str(name)]]) }),
          ),
        );
      },
      replace: (run, [value], named) => {
        if (value?.kind !== 'instance') return unknownHere(run, 'replace() of a value that is no dataclass');
        const all = new Map(fieldsOf(value.cls).map(({ name }) => [name, value.attributes.get(name) ?? NONE]));
        for (const [name, item] of named) all.set(name, item);
        return callValue(run, value.cls, [], all);
      },
      is_dataclass: (_run, [value]) => ({
        kind: 'bool',
        value: value?.kind === 'instance' && fieldsOf(value.cls).length > 0,
      }),
    }),
  );

/** Members of an enumeration become instances with a name and a value. */
const enumMade: NativeCall = (run, [cls]) => {
  if (cls?.kind !== 'class') return NONE;
  const members = new Map<string | number | object, readonly [Value, Value]>();
  let last = 0;
  for (const [name, given] of cls.members) {
    if (name.startsWith('_') || ['function', 'native', 'property', 'staticmethod', 'classmethod'].includes(given.kind))
      continue;
    const value = given.kind === 'instance' && given.cls === AUTO ? int(++last) : given;
    if (value.kind === 'int') last = value.value;
    const member: Instance = {
      kind: 'instance',
      cls,
      attributes: new Map<string, Value>([
        ['name', str(name)],
        ['value', value],
        ['_value_', value],
        ['_name_', str(name)],
      ]),
    };
    members.set(`s${name}`, [str(name), member]);
    cls.members.set(name, member);
  }
  cls.members.set('__members__', { kind: 'dict', entries: members });
  const find: NativeCall = (owner, [, value]) => {
    for (const [, member] of members.values()) {
      if (member === value) return member;
      const own = (member as Instance).attributes.get('value');
      if (own && value && dictKey(own) === dictKey(value)) return member;
    }
    return value?.kind === 'unknown' ? value : raise(owner, 'ValueError', `not a valid ${cls.name}`);
  };
  Object.assign(cls, members.size > 0 ? { construct: find } : {});
  void run;
  return cls;
};

const AUTO = nativeClass('auto', [OBJECT]);

export const enumeration = () => {
  const base = nativeClass('Enum', [OBJECT], [['__class_made__', native('__class_made__', enumMade)]]);
  return makeModule('enum', [
    ['Enum', base],
    ['IntEnum', nativeClass('IntEnum', [base])],
    ['StrEnum', nativeClass('StrEnum', [base])],
    ['Flag', nativeClass('Flag', [base])],
    ['auto', native('auto', () => ({ kind: 'instance', cls: AUTO, attributes: new Map() }))],
    ['unique', native('unique', SAME)],
  ]);
};

export const abc = () =>
  makeModule('abc', [
    ['ABC', nativeClass('ABC', [OBJECT])],
    ['ABCMeta', nativeClass('ABCMeta', [OBJECT])],
    ...functions({ abstractmethod: SAME, abstractproperty: (_run, [get]) => ({ kind: 'property', get: get! }) }),
  ]);

const namedTupleMade: NativeCall = (_run, [cls]) => {
  if (cls?.kind !== 'class') return NONE;
  const fields = fieldsOf(cls);
  if (fields.length === 0) return cls;
  const defaults = new Map(fields.flatMap(({ name, value }) => (value ? [[name, value] as const] : [])));
  const base = tupleClass(
    cls.name,
    fields.map(({ name }) => name),
    defaults,
  );
  for (const [name, member] of base.members) cls.members.set(name, member);
  for (const { name } of fields) cls.members.delete(name);
  return Object.assign(cls, { construct: base.construct });
};

/** Names of `typing` that are classes to subscribe to. */
export const typing = (name = 'typing') =>
  makeModule(
    name,
    [
      ['TYPE_CHECKING', { kind: 'bool', value: false }],
      [
        'NamedTuple',
        nativeClass('NamedTuple', [TUPLE], [['__class_made__', native('__class_made__', namedTupleMade)]]),
      ],
      ...functions({
        cast: (_run, [, value]) => value ?? NONE,
        overload: SAME,
        final: SAME,
        TypeVar: (_run, [each]) => each ?? NONE,
        NewType: (_run, [, base]) => base ?? NONE,
        runtime_checkable: SAME,
        get_type_hints: (run) => unknownHere(run, 'type hints are not evaluated'),
      }),
    ],
    (each) => (/^[A-Z]/.test(each) ? abstract(each) : undefined),
  );

const NAMESPACE = nativeClass(
  'SimpleNamespace',
  [OBJECT],
  [
    [
      '__init__',
      native('__init__', (_run, [self], named) => {
        for (const [name, value] of named) (self as Instance).attributes.set(name, value);
        return NONE;
      }),
    ],
  ],
);

export const types = () =>
  makeModule('types', [
    ['SimpleNamespace', NAMESPACE],
    ['FunctionType', FUNCTION_TYPE],
    ['LambdaType', FUNCTION_TYPE],
    ['BuiltinFunctionType', FUNCTION_TYPE],
    [
      'MethodType',
      nativeClass('MethodType', [OBJECT], [], (_run, [, callable, self]) =>
        callable?.kind === 'function' && self ? { kind: 'method', self, callable } : (callable ?? NONE),
      ),
    ],
    ['ModuleType', MODULE_TYPE],
    ['NoneType', NONE_TYPE],
  ]);
