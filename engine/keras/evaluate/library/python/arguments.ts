// `argparse` and `absl`: a script as it runs without arguments, with the defaults that it states.

import { nativeClass, OBJECT } from '../../builtins/native-class.ts';

import { callValue } from '../../language/calls.ts';
import { type Runtime, unknownHere } from '../../runtime.ts';
import {
  type Instance,
  type Named,
  type NativeCall,
  NONE,
  native,
  str,
  textIn,
  tuple,
  type Value,
} from '../../values.ts';
import { functions, makeModule } from '../make-module.ts';
import { logging } from './system.ts';

const NAMESPACE = nativeClass('Namespace', [OBJECT]);

/** `--learning-rate` → `learning_rate`. */
const attributeOf = (flags: readonly string[]): string => {
  const long = flags.find((flag) => flag.startsWith('--')) ?? flags[0] ?? '';
  return long.replace(/^-+/, '').replaceAll('-', '_');
};

const addArgument: NativeCall = (run, [self, ...flags], named) => {
  const names = flags.map(textIn).filter((flag) => flag !== undefined);
  const attribute = textIn(named.get('dest')) ?? attributeOf(names);
  defaultsOf(self as Instance).set(attribute, defaultOf(run, names, named));
  return unknownHere(run, 'an action of argparse');
};

function defaultOf(run: Runtime, flags: readonly string[], named: Named): Value {
  const given = named.get('default');
  const convert = named.get('type');
  if (given)
    return given.kind === 'str' && convert && convert.kind !== 'unknown' ? callValue(run, convert, [given]) : given;
  const action = textIn(named.get('action'));
  if (action === 'store_true') return { kind: 'bool', value: false };
  if (action === 'store_false') return { kind: 'bool', value: true };
  const required = named.get('required');
  const positional =
    flags[0] !== undefined && !flags[0].startsWith('-') && !['?', '*'].includes(textIn(named.get('nargs')) ?? '');
  if (positional || (required?.kind === 'bool' && required.value)) {
    return unknownHere(run, `the argument ${flags[0] ?? ''} is given on the command line`);
  }
  return NONE;
}

const STORE = '__defaults__';

function defaultsOf(parser: Instance): Map<string, Value> {
  const own = parser.attributes.get(STORE);
  if (own?.kind === 'module') return own.members;
  const store = makeModule(STORE);
  parser.attributes.set(STORE, store);
  return store.members;
}

const parse: NativeCall = (_run, [self]) => ({
  kind: 'instance',
  cls: NAMESPACE,
  attributes: new Map(defaultsOf(self as Instance)),
});
const sameParser: NativeCall = (_run, [self]) => self!;

const PARSER = nativeClass(
  'ArgumentParser',
  [OBJECT],
  [
    ['__init__', native('__init__', () => NONE)],
    ...functions({
      add_argument: addArgument,
      add_argument_group: sameParser,
      add_mutually_exclusive_group: sameParser,
      add_subparsers: sameParser,
      add_parser: sameParser,
      parse_args: parse,
      parse_known_args: (run, args, named, site) => tuple([parse(run, args, named, site), { kind: 'list', items: [] }]),
      set_defaults: (_run, [self], named) => {
        for (const [name, value] of named) defaultsOf(self as Instance).set(name, value);
        return NONE;
      },
      print_help: () => NONE,
      error: () => NONE,
    }),
  ],
);

export const argparse = () =>
  makeModule(
    'argparse',
    [
      ['ArgumentParser', PARSER],
      ['Namespace', NAMESPACE],
    ],
    (name) => ({ kind: 'unknown', reason: `argparse.${name} is not evaluated` }),
  );

/** Flags of `absl`: `DEFINE_*` states the default that `FLAGS.name` gives. */
function flags() {
  const values = new Map<string, Value>();
  const cls = nativeClass(
    'FlagValues',
    [OBJECT],
    [
      [
        '__getattr__',
        native(
          '__getattr__',
          (run, [, name]) => values.get(textIn(name) ?? '') ?? unknownHere(run, 'the flag is not known'),
        ),
      ],
      ['__call__', native('__call__', () => NONE)],
    ],
  );
  const define: NativeCall = (_run, [name, value], named) => {
    const text = textIn(name ?? named.get('name'));
    const given = value ?? named.get('default') ?? NONE;
    if (text !== undefined) values.set(text, given);
    return {
      kind: 'instance',
      cls: NAMESPACE,
      attributes: new Map([
        ['value', given],
        ['default', given],
      ]),
    };
  };
  return makeModule('absl.flags', [['FLAGS', { kind: 'instance', cls, attributes: new Map() }]], (name) =>
    name.startsWith('DEFINE') ? native(name, define) : native(name, () => NONE),
  );
}

/** `app.run(main)` calls `main` with the script's arguments. */
const runMain: NativeCall = (run, [main]) => {
  if (!main) return NONE;
  const takes = main.kind === 'function' ? main.parameters.length : 1;
  return callValue(run, main, takes > 0 ? [{ kind: 'list', items: [str(run.mainFile)] }] : []);
};

export const absl = () =>
  makeModule('absl', [
    ['flags', flags()],
    ['app', makeModule('absl.app', functions({ run: runMain }))],
    ['logging', logging('absl.logging')],
  ]);

/** `fire.Fire(main)`, `click`: a command line made of a function's own defaults. */
export const fire = () =>
  makeModule(
    'fire',
    functions({
      Fire: (run: Runtime, [main]) =>
        main?.kind === 'function' &&
        main.parameters.every(({ name, kind }) => main.defaults.has(name) || kind === 'args' || kind === 'kwargs')
          ? callValue(run, main, [])
          : NONE,
    }),
  );
