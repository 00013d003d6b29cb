// `math`, `operator`, `random`, `numbers`.

import { nativeClass, OBJECT } from '../../builtins/native-class.ts';
import { getAttribute } from '../../language/attributes.ts';
import { iterate } from '../../language/iteration.ts';
import { binary, compare } from '../../language/operators.ts';
import { getItem } from '../../language/subscripts.ts';
import { type Runtime, raise, unknownHere } from '../../runtime.ts';
import { bool, float, int, type NativeCall, native, numberIn, tuple, type Value } from '../../values.ts';
import { functions, makeModule } from '../make-module.ts';

const real =
  (compute: (...numbers: number[]) => number, make: (value: number) => Value = float): NativeCall =>
  (run, args) => {
    const numbers = args.map(numberIn);
    const bad = args.find((value) => numberIn(value) === undefined);
    if (bad)
      return bad.kind === 'unknown'
        ? bad
        : unknownHere(run, 'a function of math of a value that is not a known number');
    const result = compute(...(numbers as number[]));
    return Number.isNaN(result) && !numbers.includes(Number.NaN)
      ? raise(run, 'ValueError', 'math domain error')
      : make(result);
  };

const gcd = (a: number, b: number): number => (b === 0 ? Math.abs(a) : gcd(b, a % b));

const FUNCTIONS: { readonly [name: string]: NativeCall } = {
  ceil: real(Math.ceil, int),
  floor: real(Math.floor, int),
  trunc: real(Math.trunc, int),
  sqrt: real(Math.sqrt),
  exp: real(Math.exp),
  log: real((x, base) =>
    base === undefined
      ? Math.log(x)
      : base === 2
        ? Math.log2(x)
        : base === 10
          ? Math.log10(x)
          : Math.log(x) / Math.log(base),
  ),
  log2: real(Math.log2),
  log10: real(Math.log10),
  log1p: real(Math.log1p),
  pow: real((x, y) => x ** y),
  sin: real(Math.sin),
  cos: real(Math.cos),
  tan: real(Math.tan),
  atan: real(Math.atan),
  atan2: real(Math.atan2),
  tanh: real(Math.tanh),
  fabs: real(Math.abs),
  fmod: real((x, y) => x % y),
  gcd: real(gcd, int),
  isqrt: real((x) => Math.floor(Math.sqrt(x)), int),
  isnan: real(
    (x) => Number(Number.isNaN(x)),
    (x) => bool(x !== 0),
  ),
  isinf: real(
    (x) => Number(Math.abs(x) === Infinity),
    (x) => bool(x !== 0),
  ),
  isclose: real(
    (x, y) => Number(Math.abs(x - y) <= 1e-9 * Math.max(Math.abs(x), Math.abs(y))),
    (x) => bool(x !== 0),
  ),
  hypot: real(Math.hypot),
  factorial: real((x) => Array.from({ length: x }, (_, i) => i + 1).reduce((a, b) => a * b, 1), int),
  prod: (run, [value]) => {
    const items = iterate(run, value!);
    return items.kind === 'unknown'
      ? items
      : items.items.reduce((total: Value, item) => binary(run, '*', total, item, run.site), int(1));
  },
  comb: real(
    (n, k) => Array.from({ length: k }, (_, i) => (n - i) / (i + 1)).reduce((a, b) => a * b, 1),
    (x) => int(Math.round(x)),
  ),
};

export const math = () =>
  makeModule('math', [
    ...functions(FUNCTIONS),
    ['pi', float(Math.PI)],
    ['e', float(Math.E)],
    ['inf', float(Infinity)],
    ['nan', float(Number.NaN)],
  ]);

const two =
  (op: Parameters<typeof binary>[1]): NativeCall =>
  (run, [a, b]) =>
    binary(run, op, a!, b!, run.site);
const order =
  (op: Parameters<typeof compare>[1]): NativeCall =>
  (run, [a, b]) =>
    compare(run, op, a!, b!, run.site);

export const operator = () =>
  makeModule(
    'operator',
    functions({
      add: two('+'),
      sub: two('-'),
      mul: two('*'),
      truediv: two('/'),
      floordiv: two('//'),
      mod: two('%'),
      pow: two('**'),
      eq: order('=='),
      ne: order('!='),
      lt: order('<'),
      le: order('<='),
      gt: order('>'),
      ge: order('>='),
      getitem: (run, [object, key]) => getItem(run, object!, key!, run.site),
      itemgetter: (_run, keys) =>
        native('itemgetter', (run, [object]) => {
          const items = keys.map((key) => getItem(run, object!, key, run.site));
          return items.length === 1 ? items[0]! : tuple(items);
        }),
      attrgetter: (_run, [name]) =>
        native('attrgetter', (run, [object]) =>
          name?.kind === 'str' ? getAttribute(run, object!, name.value) : name!,
        ),
    }),
  );

const chance = (run: Runtime): Value => unknownHere(run, 'the value is random');

export const random = () =>
  makeModule(
    'random',
    functions({
      seed: () => ({ kind: 'none' }),
      shuffle: (run, [value]) => {
        if (value?.kind === 'list') value.uncertain = unknownHere(run, 'the order is random');
        return { kind: 'none' };
      },
    }),
    () => native('random', chance),
  );

export const numbers = () =>
  makeModule(
    'numbers',
    ['Number', 'Real', 'Integral', 'Complex'].map((name) => [name, nativeClass(name, [OBJECT])]),
  );
