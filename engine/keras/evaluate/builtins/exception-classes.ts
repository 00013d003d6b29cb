// Python's exception classes.

import { makeException } from '../runtime.ts';
import { type ClassValue, type NativeCall, NONE, tuple } from '../values.ts';
import { nativeClass, OBJECT } from './native-class.ts';

const make: NativeCall = (_run, [cls, ...args]) => makeException(cls as ClassValue, args);

const BASE = nativeClass(
  'BaseException',
  [OBJECT],
  [
    [
      '__init__',
      {
        kind: 'native',
        name: '__init__',
        call: (_run, [self, ...args]) => {
          if (self?.kind === 'instance') self.attributes.set('args', tuple(args));
          return NONE;
        },
      },
    ],
  ],
  make,
);

/** Each class below its base. */
const TREE: { readonly [base: string]: string } = {
  BaseException: 'Exception SystemExit KeyboardInterrupt GeneratorExit',
  Exception:
    'ArithmeticError AssertionError AttributeError BufferError EOFError ImportError LookupError MemoryError NameError OSError ReferenceError RuntimeError StopIteration SyntaxError SystemError TypeError ValueError Warning',
  ArithmeticError: 'FloatingPointError OverflowError ZeroDivisionError',
  ImportError: 'ModuleNotFoundError',
  LookupError: 'IndexError KeyError',
  NameError: 'UnboundLocalError',
  OSError: 'FileNotFoundError FileExistsError PermissionError ConnectionError TimeoutError',
  RuntimeError: 'NotImplementedError RecursionError',
  SyntaxError: 'IndentationError',
  ValueError: 'UnicodeError UnicodeDecodeError UnicodeEncodeError',
  Warning: 'DeprecationWarning FutureWarning UserWarning RuntimeWarning ImportWarning PendingDeprecationWarning',
};

function build(): ReadonlyMap<string, ClassValue> {
  const classes = new Map<string, ClassValue>([['BaseException', BASE]]);
  for (const [base, names] of Object.entries(TREE)) {
    for (const name of names.split(' ')) classes.set(name, nativeClass(name, [classes.get(base)!]));
  }
  for (const alias of ['IOError', 'EnvironmentError', 'WindowsError']) classes.set(alias, classes.get('OSError')!);
  return classes;
}

export const EXCEPTIONS: ReadonlyMap<string, ClassValue> = build();
