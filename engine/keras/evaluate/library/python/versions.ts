// `packaging.version` and `distutils.version`: versions compared by their numbers.

import { nativeClass, OBJECT } from '../../builtins/native-class.ts';
import {
  bool,
  type Instance,
  int,
  type NativeCall,
  NONE,
  native,
  str,
  textIn,
  tuple,
  type Value,
} from '../../values.ts';
import { functions, makeModule } from '../make-module.ts';

const numbers = (value: Value | undefined): number[] => {
  const text = value?.kind === 'instance' ? textIn(value.attributes.get('vstring')) : textIn(value);
  return (text ?? '')
    .split(/[.+-]/)
    .map((part) => Number.parseInt(part, 10))
    .filter((part) => !Number.isNaN(part));
};

function difference(a: Value | undefined, b: Value | undefined): number {
  const [left, right] = [numbers(a), numbers(b)];
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const found = (left[i] ?? 0) - (right[i] ?? 0);
    if (found !== 0) return found;
  }
  return 0;
}

const compares =
  (test: (difference: number) => boolean): NativeCall =>
  (_run, [a, b]) =>
    bool(test(difference(a, b)));

const VERSION = nativeClass(
  'Version',
  [OBJECT],
  [
    [
      '__init__',
      native('__init__', (_run, [self, text]) => {
        const { attributes } = self as Instance;
        attributes.set('vstring', text ?? str(''));
        const parts = numbers(text);
        attributes.set('version', tuple(parts.map(int)));
        attributes.set('release', tuple(parts.map(int)));
        for (const [i, name] of ['major', 'minor', 'micro'].entries()) attributes.set(name, int(parts[i] ?? 0));
        return NONE;
      }),
    ],
    ...functions({
      __lt__: compares((found) => found < 0),
      __le__: compares((found) => found <= 0),
      __gt__: compares((found) => found > 0),
      __ge__: compares((found) => found >= 0),
      __eq__: compares((found) => found === 0),
      __str__: (_run, [self]) => (self as Instance).attributes.get('vstring') ?? NONE,
    }),
  ],
);

const versionModule = (name: string) =>
  makeModule(name, [
    ['Version', VERSION],
    ['LooseVersion', VERSION],
    ['StrictVersion', VERSION],
    ['parse', VERSION],
  ]);

export const packaging = () => makeModule('packaging', [['version', versionModule('packaging.version')]]);
export const distutils = () => makeModule('distutils', [['version', versionModule('distutils.version')]]);
