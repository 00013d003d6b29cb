// The part of Python that model code uses: each program leaves integers in `result`, which become the units of Dense layers.

import { describe, expect, it } from 'vitest';
import { derive } from './derive.ts';

const CASES: readonly (readonly [feature: string, program: string, units: readonly number[]])[] = [
  [
    'arithmetic',
    'result = [7 // 2, -7 // 2 + 5, 7 % 4, 2 ** 5, int(7 / 2), round(2.5), divmod(9, 4)[1], 1 << 3]',
    [3, 1, 3, 32, 3, 2, 1, 8],
  ],
  [
    'helper functions with defaults',
    'def f(a, b=2, *, c=3):\n  return a + b + c\nresult = [f(1), f(1, 5), f(1, c=4), f(b=1, a=1)]',
    [6, 9, 7, 5],
  ],
  [
    '*args and **kwargs',
    'def f(*args, **kwargs):\n  return sum(args) + kwargs.get("k", 0) + len(kwargs)\nd = {"k": 3}\nresult = [f(1, 2), f(*[1, 2, 3]), f(1, **d, j=0)]',
    [3, 6, 6],
  ],
  [
    'closures',
    'def outer(n):\n  def inner(m):\n    return n + m\n  return inner\nresult = [outer(2)(3), (lambda x: x * 2)(4)]',
    [5, 8],
  ],
  [
    'nonlocal and global',
    'total = 0\ndef f():\n  global total\n  n = 1\n  def g():\n    nonlocal n\n    n += 4\n  g()\n  total += n\nf()\nresult = [total]',
    [5],
  ],
  [
    'while, break, else',
    'n = 1\nwhile n < 100:\n  n *= 3\n  if n > 20:\n    break\nelse:\n  n = 0\nresult = [n]',
    [27],
  ],
  [
    'for and enumerate and zip',
    'result = []\nfor i, (a, b) in enumerate(zip([1, 2], [3, 4])):\n  result.append(i * 10 + a * b)',
    [3, 18],
  ],
  [
    'comprehensions',
    'result = [a * b for a in range(1, 3) for b in range(1, 4) if b % 2] + list({x for x in [5, 5]}) + list({k: v for k, v in [(1, 8)]}.values())',
    [1, 3, 2, 6, 5, 8],
  ],
  ['conditionals', 'x = None\nresult = [1 if x else 2, (x or 3), 4 if x is None and not x else 5]', [2, 3, 4]],
  [
    'slices',
    'l = list(range(1, 8))\nresult = l[::-2] + l[-2:] + l[1:3]\nl[1:3] = []\nresult.append(len(l))',
    [7, 5, 3, 1, 6, 7, 2, 3, 5],
  ],
  [
    'text',
    'a, b = "conv", 3\nnames = [f"{a}_{b:02d}", "{}-{name}".format(a, name=b), "%s%d" % (a, b), a.upper()[:2] + str(b)]\nresult = [len(n) for n in names] + ["a,b,c".split(",").index("c")]',
    [7, 6, 5, 3, 2],
  ],
  [
    'dict spreads and methods',
    'd = {**{"a": 1}, "b": 2}\nd.update(c=3)\nd.setdefault("e", 5)\nresult = [d["a"], d.pop("b"), d.get("z", 9), len(d), sum(d.values())]',
    [1, 2, 9, 3, 9],
  ],
  [
    'isinstance, getattr, hasattr',
    'class A:\n  n = 4\nresult = [1 if isinstance(3, (int, str)) else 0, getattr(A(), "n"), getattr(A, "m", 6), 1 if hasattr(A, "n") else 0]',
    [1, 4, 6, 1],
  ],
  ['globals and eval', 'def make_8():\n  return 8\nresult = [globals()["make_" + "8"](), eval("make_8")()]', [8, 8]],
  [
    'classes with inheritance',
    'class A:\n  def __init__(self, n): self.n = n\n  def size(self): return self.n\nclass B(A):\n  def __init__(self):\n    super().__init__(5)\n  def size(self): return super().size() + 1\n  @property\n  def twice(self): return 2 * self.n\n  @staticmethod\n  def one(): return 1\n  @classmethod\n  def make(cls): return cls()\nresult = [B().size(), B().twice, B.one(), B.make().n]',
    [6, 10, 1, 5],
  ],
  [
    'special methods',
    'class V:\n  def __init__(self, n): self.n = n\n  def __add__(self, o): return V(self.n + o.n)\n  def __len__(self): return self.n\n  def __getitem__(self, i): return i * self.n\n  def __call__(self, k): return k + self.n\nresult = [len(V(2) + V(3)), V(3)[2], V(1)(4)]',
    [5, 6, 5],
  ],
  [
    'decorators',
    'def twice(f):\n  def g(*a): return 2 * f(*a)\n  return g\n@twice\ndef f(x): return x\nresult = [f(4)]',
    [8],
  ],
  [
    'dataclasses',
    'from dataclasses import dataclass, field\n@dataclass\nclass C:\n  a: int\n  b: int = 3\n  c: list = field(default_factory=lambda: [7])\nresult = [C(1).a, C(1).b, C(1, b=5).b, C(2).c[0]]',
    [1, 3, 5, 7],
  ],
  [
    'named tuples and enums',
    'from collections import namedtuple\nfrom enum import Enum\nP = namedtuple("P", ["x", "y"])\nclass E(Enum):\n  A = 4\n  B = 5\nx, y = P(1, y=2)\nresult = [P(3, 6).y, x + y, E.A.value, E["B"].value]',
    [6, 3, 4, 5],
  ],
  [
    'generators',
    'def g(n):\n  for i in range(n):\n    yield i + 1\nresult = list(g(3)) + [next(iter(g(1)))]',
    [1, 2, 3, 1],
  ],
  [
    'try and raise',
    'def f(n):\n  if n > 2:\n    raise ValueError("too many")\n  return n\ntry:\n  f(3)\n  result = [1]\nexcept (KeyError, ValueError) as e:\n  result = [len(str(e))]\nfinally:\n  result.append(9)',
    [8, 9],
  ],
  [
    'with',
    'from contextlib import contextmanager\n@contextmanager\ndef scope(n):\n  yield n * 2\nwith scope(3) as s:\n  result = [s]',
    [6],
  ],
  [
    'functools and itertools',
    'from functools import partial, reduce\nimport itertools\nf = partial(lambda a, b: a * b, 3)\nresult = [f(4), reduce(lambda a, b: a + b, [1, 2, 3])] + [a + b for a, b in itertools.product([1], [2, 3])]',
    [12, 6, 3, 4],
  ],
  [
    'argparse defaults',
    'import argparse\np = argparse.ArgumentParser()\np.add_argument("--hidden-units", type=int, default=16)\np.add_argument("--big", action="store_true")\nargs = p.parse_args()\nresult = [args.hidden_units, 1 if args.big else 2]',
    [16, 2],
  ],
  [
    'absl flags',
    'from absl import app, flags\nFLAGS = flags.FLAGS\nflags.DEFINE_integer("units", 12, "help")\nresult = [FLAGS.units]',
    [12],
  ],
  [
    'NumPy',
    'import numpy as np\na = np.zeros((4, 28, 28)).reshape(-1, 784)\nresult = [a.shape[1], int(np.prod([2, 3])), int(np.ceil(7 / 2)), int(np.linspace(1, 9, 5)[1]), len(np.arange(0, 10, 3))]',
    [784, 6, 4, 3, 4],
  ],
  [
    'walrus, star, chained comparison',
    'first, *rest = [1, 2, 3]\nresult = [n for x in rest if (n := x * 2) > 2] + [1 if 1 < 2 <= 2 else 0]',
    [4, 6, 1],
  ],
  [
    'match',
    'def f(x):\n  match x:\n    case 1 | 2:\n      return 10\n    case [a, b]:\n      return a + b\n    case _:\n      return 7\nresult = [f(2), f([3, 4]), f("z")]',
    [10, 7, 7],
  ],
  ['__main__', 'result = [1]\nif __name__ == "__main__":\n  result.append(2)', [1, 2]],
  [
    'sorting and extremes',
    'result = sorted([3, 1, 2], reverse=True) + [max([4, 2], key=lambda v: -v), min(5, 6), sum(x > 1 for x in [1, 2, 3])]',
    [3, 2, 1, 2, 5, 2],
  ],
];

describe('Python', () => {
  it.each(CASES)('%s', async (_feature, program, units) => {
    const text = `import keras\nfrom keras import layers\n${program}\nmodel = keras.Sequential([keras.Input((1,))])\nfor n in result:\n  model.add(layers.Dense(n))\n`;
    const { models, stopped } = await derive(text);
    expect(stopped).toEqual([]);
    expect(models[0].layers.map((layer) => layer.config.units)).toEqual(units);
    expect(models[0].complete).toBe(true);
  });

  it('knows the calls that led to a layer, outermost first', async () => {
    const text =
      'from keras import layers, Sequential\ndef dense(n):\n  return layers.Dense(n)\ndef block(n):\n  return [dense(n) for _ in range(2)]\nm = Sequential(\n  block(3)\n)\n';
    const { models } = await derive(text);
    const [first] = models[0].layers;
    expect(first.origin?.at.line).toBe(3);
    expect(first.origin?.callStack.map(({ line }) => line)).toEqual([7, 5]);
  });

  it('reads the good parts of a broken file and doubts the rest', async () => {
    const text =
      'from keras import layers, Sequential\na = Sequential([layers.Dense(2, input_shape=(3,))])\nb = Sequential([layers.Dense(2, input_shape=(3,))])\nb.add(layers.Dense(\n';
    const { models, stopped } = await derive(text);
    expect(models.map(({ variable, complete }) => [variable, complete])).toEqual([
      ['a', true],
      ['b', false],
    ]);
    expect(stopped[0].line).toBe(4);
  });
});
