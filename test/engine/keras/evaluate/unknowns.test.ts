// Where the run cannot know, it says so: `complete: true` stands only on what Keras builds.

import { describe, expect, it } from 'vitest';
import { derive } from './derive.ts';

const HEAD =
  'import os, sys, random\nimport keras\nfrom keras import layers\nimport unknown_package\ni = keras.Input((8,))\n';

const DOUBTFUL: readonly (readonly [what: string, program: string])[] = [
  ['units from a file', 'n = int(open("n.txt").read())\nm = keras.Model(i, layers.Dense(n)(i))'],
  [
    'a branch on a file that may be there',
    'x = layers.Dense(4)(i)\nif os.path.exists("big"):\n  x = layers.Dense(8)(x)\nm = keras.Model(i, x)',
  ],
  ['a layer of an unknown package', 'm = keras.Model(i, unknown_package.Layer(3)(i))'],
  [
    'a loop of unknown length',
    'x = i\nfor _ in range(random.randint(1, 3)):\n  x = layers.Dense(4)(x)\nm = keras.Model(i, x)',
  ],
  [
    'a Sequential that grows perhaps',
    'm = keras.Sequential([layers.Dense(2, input_shape=(3,))])\nif unknown_package.flag:\n  m.add(layers.Dense(1))',
  ],
  ['a conditional expression', 'm = keras.Model(i, (layers.Dense(2) if unknown_package.flag else layers.Dense(3))(i))'],
  ['a statement that fails', 'm = keras.Sequential([layers.Dense(2, input_shape=(3,))])\nm.add(layers.NoSuchLayer(3))'],
  [
    'a list that grows perhaps',
    'l = [2]\nif unknown_package.flag:\n  l.append(3)\nx = i\nfor n in l:\n  x = layers.Dense(n)(x)\nm = keras.Model(i, x)',
  ],
  [
    'a loop left with an error inside',
    'x = i\nfor n in unknown_package.sizes:\n  x = layers.Dense(4)(x)\n  x = undefined_name(x)\nm = keras.Model(i, x)',
  ],
  ['an argument by unknown keywords', 'm = keras.Model(i, layers.Dense(3, **unknown_package.options)(i))'],
];

describe('what is not known', () => {
  it.each(DOUBTFUL)('%s leaves the model incomplete, with a reason at a line', async (_what, program) => {
    const { models, stopped } = await derive(HEAD + program);
    const found = models.find((model) => model.variable === 'm');
    if (found) {
      expect(found.complete).toBe(false);
      expect(found.stopped.some(({ line, reason }) => line > 0 && reason !== '')).toBe(true);
    } else expect(stopped.length).toBeGreaterThan(0);
  });

  it('leaves a model certain that unknown data only trains', async () => {
    const program =
      'm = keras.Sequential([layers.Dense(2, input_shape=(3,))])\nm.compile(optimizer=unknown_package.opt())\nh = m.fit(unknown_package.x, epochs=3)\nif h.history["loss"][0] > 1:\n  m.save("a.h5")\nfor e in range(10**9):\n  unknown_package.step(m)\n';
    const { models } = await derive(HEAD + program);
    expect(models.map(({ complete }) => complete)).toEqual([true]);
  });

  it('takes the branch that does not raise', async () => {
    const program = 'if unknown_package.flag:\n  raise ValueError("no")\nm = keras.Model(i, layers.Dense(2)(i))';
    const { models } = await derive(HEAD + program);
    expect(models[0].complete).toBe(true);
  });
});

const ENDLESS: readonly (readonly [what: string, program: string, line: number])[] = [
  ['an endless loop', 'while True:\n  pass\n', 6],
  ['an endless generator', 'def g():\n  while True:\n    yield 1\nfor x in g():\n  print(x)\n', 7],
  ['endless recursion', 'def f(n):\n  return f(n + 1)\nf(0)\n', 7],
  ['a gigantic range', 'x = list(range(10**10))\n', 6],
  ['a gigantic text', 'x = "a" * 10**12\n', 6],
  ['a text that doubles', 'x = "a"\nfor i in range(200):\n  x += x\n', 7],
  ['a tuple that doubles', 'x = (1,)\nfor i in range(200):\n  x = x + x\n', 7],
  ['a loop over a gigantic range', 'for a in range(10**6):\n  for b in range(10**6):\n    c = a * b\n', 6],
];

describe('budgets', () => {
  it.each(ENDLESS)('%s ends with a reason at its line, and what follows is seen', async (_what, program, line) => {
    const { models, stopped } = await derive(
      `${HEAD}${program}m = keras.Sequential([layers.Dense(2, input_shape=(3,))])`,
    );
    expect(stopped.map((stop) => stop.line)).toContain(line);
    expect(models.map(({ variable, complete }) => [variable, complete])).toEqual([['m', true]]);
  });

  it('survives nesting beyond the stack and weird texts', async () => {
    const tail = '\nimport keras\nm = keras.Sequential([keras.layers.Dense(2, input_shape=(3,))])\n';
    for (const head of [
      `x = ${'['.repeat(5000)}${']'.repeat(5000)}`,
      'print "python 2"\nexec "x"',
      '\tx = 1\n  y = 2',
      '\u0000\ufffd = 3',
      'if True:\n\tx = 1\n        y = 2',
    ]) {
      const { models } = await derive(head + tail);
      expect(models.map(({ variable }) => variable)).toContain('m');
    }
  });

  it('leaves out a model whose constructor raised an error', async () => {
    const { models, stopped } = await derive(
      'import keras\ndef build():\n  x = keras.Input((3,))\n  return keras.Model(x, lambda t: t)\nm = build()\n',
    );
    expect(models).toEqual([]);
    expect(stopped).not.toEqual([]);
  });

  it('does not read a literal of data', async () => {
    const { models } = await derive(`${HEAD}x = [${'1,'.repeat(60_000)}]\nm = keras.Model(i, layers.Dense(x[0])(i))`);
    expect(models[0].complete).toBe(false);
    expect(models[0].stopped.map(({ line }) => line)).toContain(6);
  });

  it('ends cyclic imports', async () => {
    const texts = new Map([
      ['/w/a.py', 'from b import g\n'],
      ['/w/b.py', 'from a import f\ndef g():\n  return 2\n'],
    ]);
    const { models } = await derive(
      'import a\nimport keras\nm = keras.Sequential([keras.layers.Dense(2, input_shape=(3,))])',
      { texts: { read: (path) => texts.get(path) }, path: '/w/main.py' },
    );
    expect(models).toHaveLength(1);
  });
});
