// `os`, `sys`, `re`, `json`, `time`, `warnings`, `logging`, `inspect`, `string`: as far as model code reads them.

import { nativeClass, OBJECT } from '../../builtins/native-class.ts';
import { fromJson } from '../../frameworks/from-json.ts';
import { callValue } from '../../language/calls.ts';
import { iterate } from '../../language/iteration.ts';
import { toJson } from '../../layers/to-json.ts';
import { type Runtime, raise, unknownHere } from '../../runtime.ts';
import {
  bool,
  dictOf,
  FALSE,
  type Instance,
  int,
  list,
  type NativeCall,
  NONE,
  native,
  str,
  textIn,
  tuple,
  type Value,
} from '../../values.ts';
import { functions, makeModule, SAME } from '../make-module.ts';

const texts = (args: readonly Value[]): string[] | undefined => {
  const all = args.map(textIn);
  return all.every((text) => text !== undefined) ? (all as string[]) : undefined;
};

const ofTexts =
  (compute: (...parts: string[]) => Value): NativeCall =>
  (run, args) => {
    const all = texts(args);
    return all
      ? compute(...all)
      : (args.find((value) => value.kind === 'unknown') ?? unknownHere(run, 'a path that is not known'));
  };

const PATH: { readonly [name: string]: NativeCall } = {
  join: ofTexts((...parts) =>
    str(
      parts.reduce(
        (all, part) => (part.startsWith('/') ? part : all === '' || all.endsWith('/') ? all + part : `${all}/${part}`),
        '',
      ),
    ),
  ),
  basename: ofTexts((path) => str(path.slice(path.lastIndexOf('/') + 1))),
  dirname: ofTexts((path) => str(path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '')),
  splitext: ofTexts((path) => {
    const dot = path.lastIndexOf('.');
    return dot > path.lastIndexOf('/')
      ? tuple([str(path.slice(0, dot)), str(path.slice(dot))])
      : tuple([str(path), str('')]);
  }),
  split: ofTexts((path) =>
    tuple([str(path.slice(0, Math.max(0, path.lastIndexOf('/')))), str(path.slice(path.lastIndexOf('/') + 1))]),
  ),
  abspath: SAME,
  realpath: SAME,
  normpath: SAME,
  expanduser: SAME,
};

const fileQuestion = (run: Runtime): Value => unknownHere(run, 'it depends on the files that are there');

const ENVIRON = nativeClass(
  'environ',
  [OBJECT],
  functions({
    get: (_run, [, , fallback]) => fallback ?? NONE,
    setdefault: (_run, [, , fallback]) => fallback ?? NONE,
    __getitem__: (run) => unknownHere(run, 'the environment variable is not known'),
    __setitem__: () => NONE,
    __contains__: () => FALSE,
    update: () => NONE,
    pop: () => NONE,
  }),
);

export const os = () => {
  const path = makeModule('os.path', functions(PATH), (name) => native(name, fileQuestion));
  path.members.set('sep', str('/'));
  return makeModule(
    'os',
    [
      ['path', path],
      ['environ', { kind: 'instance', cls: ENVIRON, attributes: new Map() }],
      ['sep', str('/')],
      ['name', str('posix')],
      ...functions({
        getenv: (_run, [, fallback]) => fallback ?? NONE,
        makedirs: () => NONE,
        mkdir: () => NONE,
        chdir: () => NONE,
        system: () => int(0),
        remove: () => NONE,
      }),
    ],
    (name) => native(name, fileQuestion),
  );
};

export const sys = (mainFile: string) =>
  makeModule(
    'sys',
    [
      ['argv', list([str(mainFile)])],
      ['path', list([])],
      ['modules', dictOf([])],
      ['platform', str('linux')],
      ['maxsize', int(Number.MAX_SAFE_INTEGER)],
      ['version_info', tuple([int(3), int(11), int(0)])],
      ['version', str('3.11.0')],
      ...functions({
        exit: (run) => raise(run, 'SystemExit', ''),
        setrecursionlimit: () => NONE,
        getrecursionlimit: () => int(1000),
      }),
    ],
    (name) => ({ kind: 'unknown', reason: `sys.${name} is not evaluated` }),
  );

/** A pattern of Python as JavaScript's. */
function expression(pattern: string, flags: string): RegExp | undefined {
  try {
    return new RegExp(
      pattern
        .replace(/\(\?P</g, '(?<')
        .replace(/\(\?P=(\w+)\)/g, '\\k<$1>')
        .replace(/\\Z/g, '$')
        .replace(/\\A/g, '^'),
      flags,
    );
  } catch {
    return undefined;
  }
}

function matchValue(found: RegExpExecArray | null): Value {
  if (!found) return NONE;
  const text = (value: string | undefined): Value => (value === undefined ? NONE : str(value));
  const at = (key: Value | undefined): Value => {
    if (key?.kind === 'str') return text(found.groups?.[key.value]);
    return text(found[key?.kind === 'int' ? key.value : 0]);
  };
  const cls = nativeClass(
    'Match',
    [OBJECT],
    functions({
      group: (_run, [, ...keys]) => (keys.length > 1 ? tuple(keys.map(at)) : at(keys[0])),
      groups: () => tuple(found.slice(1).map(text)),
      groupdict: () => dictOf(Object.entries(found.groups ?? {}).map(([key, value]) => [key, text(value)])),
      start: () => int(found.index),
      end: () => int(found.index + found[0].length),
      __getitem__: (_run, [, key]) => at(key),
    }),
  );
  return { kind: 'instance', cls, attributes: new Map() };
}

type Using = (expression: RegExp, text: string) => Value;

/** A function of `re` on (pattern, text). Texts are short here, so that no pattern runs away. */
const searching =
  (use: Using, before = '', after = ''): NativeCall =>
  (run, [pattern, subject]) => {
    const source = pattern?.kind === 'instance' ? pattern.attributes.get('pattern') : pattern;
    const [text, given] = [textIn(subject), textIn(source)];
    if (text === undefined || given === undefined || text.length > 500)
      return unknownHere(run, 'the text is not known');
    const compiled = expression(before + given + after, 'gu') ?? expression(before + given + after, 'g');
    return compiled ? use(compiled, text) : unknownHere(run, 'this regular expression is not evaluated');
  };

const substitute: NativeCall = (run, [pattern, replacement, subject]) => {
  const source = pattern?.kind === 'instance' ? pattern.attributes.get('pattern') : pattern;
  const [text, given] = [textIn(subject), textIn(source)];
  const compiled = given === undefined ? undefined : expression(given, 'g');
  if (text === undefined || !compiled || text.length > 500) return unknownHere(run, 'the text is not known');
  const by = textIn(replacement);
  if (by !== undefined)
    return str(
      text.replace(
        compiled,
        by
          .replace(/\$/g, '$$$$')
          .replace(/\\(\d)/g, '$$$1')
          .replace(/\\g<(\w+)>/g, (_, key: string) => (/^\d+$/.test(key) ? `$${key}` : `$<${key}>`)),
      ),
    );
  if (!replacement) return NONE;
  let doubt: Value | undefined;
  const result = text.replace(compiled, (...found) => {
    const groups = found.filter((part) => typeof part === 'string') as string[];
    const made = callValue(run, replacement, [
      matchValue(Object.assign(groups, { index: 0, input: text }) as unknown as RegExpExecArray),
    ]);
    if (made.kind !== 'str') doubt = made;
    return made.kind === 'str' ? made.value : '';
  });
  return doubt ?? str(result);
};

const SEARCHES: { readonly [name: string]: NativeCall } = {
  match: searching((re, text) => matchValue(re.exec(text)), '^(?:', ')'),
  fullmatch: searching((re, text) => matchValue(re.exec(text)), '^(?:', ')$'),
  search: searching((re, text) => matchValue(re.exec(text))),
  findall: searching((re, text) => list([...text.matchAll(re)].map((found) => str(found[1] ?? found[0])))),
  split: searching((re, text) => list(text.split(new RegExp(re.source)).map((part) => str(part ?? '')))),
  sub: substitute,
};

const PATTERN = nativeClass('Pattern', [OBJECT], functions(SEARCHES));

export const re = () =>
  makeModule(
    're',
    functions({
      ...SEARCHES,
      compile: (_run, [pattern]) => ({ kind: 'instance', cls: PATTERN, attributes: new Map([['pattern', pattern!]]) }),
      escape: (run, [text]) =>
        text?.kind === 'str' ? str(text.value.replace(/[^\w]/g, '\\$&')) : unknownHere(run, 'the text is not known'),
    }),
    (name) => (/^[A-Z]+$/.test(name) ? int(0) : undefined),
  );

export const json = () =>
  makeModule(
    'json',
    functions({
      loads: (run, [text]) => {
        if (text?.kind !== 'str') return unknownHere(run, 'the JSON text is not known');
        try {
          return fromJson(JSON.parse(text.value));
        } catch {
          return raise(run, 'ValueError', 'the text is no JSON');
        }
      },
      dumps: (run, [value]) => {
        const written = value && toJson(value);
        return written === undefined ? unknownHere(run, 'the value is not known') : str(JSON.stringify(written));
      },
      load: (run) => unknownHere(run, 'the file is not read'),
      dump: () => NONE,
    }),
  );

const QUIET = native('quiet', () => NONE);

export const warnings = () =>
  makeModule('warnings', [], (name) =>
    name === 'catch_warnings' ? native(name, (run) => unknownHere(run, 'warnings are not evaluated')) : QUIET,
  );

export const time = () =>
  makeModule('time', functions({ sleep: () => NONE }), (name) =>
    native(name, (run) => unknownHere(run, 'the time is not known')),
  );

/** A logger, whatever its framework: what it is told changes nothing. */
const LOGGER = nativeClass('Logger', [OBJECT], [['__getattr__', native('__getattr__', () => QUIET)]]);

export const logging = (name: string) =>
  makeModule(
    name,
    functions({ getLogger: (): Instance => ({ kind: 'instance', cls: LOGGER, attributes: new Map() }) }),
    (each) => (/^[A-Z]+$/.test(each) ? int(20) : QUIET),
  );

export const inspect = () =>
  makeModule(
    'inspect',
    functions({
      isclass: (_run, [value]) => bool(value?.kind === 'class'),
      isfunction: (_run, [value]) => bool(value?.kind === 'function'),
      signature: (run, [value]) => {
        if (value?.kind !== 'function') return unknownHere(run, 'the signature is not known');
        const parameters = dictOf(
          value.parameters.map(({ name }) => [
            name,
            {
              kind: 'instance',
              cls: nativeClass('Parameter', [OBJECT]),
              attributes: new Map<string, Value>([
                ['name', str(name)],
                ['default', value.defaults.get(name) ?? NONE],
              ]),
            },
          ]),
        );
        return {
          kind: 'instance',
          cls: nativeClass('Signature', [OBJECT]),
          attributes: new Map([['parameters', parameters]]),
        };
      },
      getfullargspec: (run, [value]) => {
        if (value?.kind !== 'function') return unknownHere(run, 'the signature is not known');
        return {
          kind: 'instance',
          cls: nativeClass('FullArgSpec', [OBJECT]),
          attributes: new Map([['args', list(value.parameters.map(({ name }) => str(name)))]]),
        };
      },
    }),
  );

export const string = () => {
  const lower = 'abcdefghijklmnopqrstuvwxyz';
  return makeModule('string', [
    ['ascii_lowercase', str(lower)],
    ['ascii_uppercase', str(lower.toUpperCase())],
    ['ascii_letters', str(lower + lower.toUpperCase())],
    ['digits', str('0123456789')],
    ['punctuation', str('!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~')],
  ]);
};

/** Python 2 and 3 in one text. */
export const six = () =>
  makeModule('six', [
    ['string_types', tuple([nativeClassOf('str')])],
    ['integer_types', tuple([nativeClassOf('int')])],
    ['text_type', nativeClassOf('str')],
    ['PY2', FALSE],
    ['PY3', bool(true)],
    ...functions({
      iteritems: (run, [value]) => callMethodOf(run, value!, 'items'),
      itervalues: (run, [value]) => callMethodOf(run, value!, 'values'),
      add_metaclass: () => native('add_metaclass', SAME),
      with_metaclass: (_run, [, base]) => base ?? OBJECT,
    }),
    ['moves', makeModule('six.moves', [], (name) => BUILTIN_HOOK.find(name === 'xrange' ? 'range' : name))],
  ]);

/** Built-in names, handed in so that this file need not know their table. */
export const BUILTIN_HOOK: { find: (name: string) => Value | undefined } = { find: () => undefined };
const nativeClassOf = (name: string): Value => BUILTIN_HOOK.find(name) ?? OBJECT;

function callMethodOf(run: Runtime, value: Value, name: 'items' | 'values'): Value {
  if (value.kind !== 'dict') return unknownHere(run, 'the dict is not known');
  const items = iterate(run, value);
  if (items.kind === 'unknown') return items;
  return list([...value.entries.values()].map((pair) => (name === 'items' ? tuple(pair) : pair[1])));
}
