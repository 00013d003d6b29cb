// The modules that the run knows without reading source.

import { builtin } from '../builtins/builtins.ts';
import { findAttribute } from '../language/attributes.ts';
import type { Runtime } from '../runtime.ts';
import { type ModuleValue, NONE, native, type Value } from '../values.ts';
import { kerasModule } from './keras/keras.ts';
import { makeModule } from './make-module.ts';
import { numpy } from './numpy.ts';
import { absl, argparse, fire } from './python/arguments.ts';
import { abc, abstractClasses, collections, dataclasses, enumeration, types, typing } from './python/collections.ts';
import { contextlib, copy, functools, itertools } from './python/functools.ts';
import { math, numbers, operator, random } from './python/math.ts';
import { BUILTIN_HOOK, inspect, json, logging, os, re, six, string, sys, time, warnings } from './python/system.ts';
import { distutils, packaging } from './python/versions.ts';
import { tensorflow } from './tensorflow.ts';
import { tfmot } from './tfmot/tfmot.ts';

const MAKERS: { readonly [name: string]: (run: Runtime) => ModuleValue } = {
  tensorflow,
  keras: () => kerasModule('keras'),
  tf_keras: () => kerasModule('tf_keras'),
  tensorflow_model_optimization: tfmot,
  numpy,
  math,
  operator,
  random,
  numbers,
  functools,
  itertools,
  copy,
  contextlib,
  collections,
  dataclasses,
  enum: enumeration,
  abc,
  typing: () => typing(),
  typing_extensions: () => typing('typing_extensions'),
  types,
  os,
  sys: (run) => sys(run.mainFile),
  re,
  json,
  warnings,
  time,
  logging: () => logging('logging'),
  inspect,
  string,
  six: () => {
    BUILTIN_HOOK.find = builtin;
    return six();
  },
  packaging,
  distutils,
  argparse,
  absl,
  fire,
  builtins: () => makeModule('builtins', [], (name) => builtin(name)),
  __future__: () => makeModule('__future__', [], () => NONE),
  gc: () => makeModule('gc', [], (name) => native(name, () => NONE)),
};

/** A module by its dotted name; undefined where the library has none. */
export function nativeModule(run: Runtime, dotted: string): Value | undefined {
  const known = run.modules.get(`<library>.${dotted}`);
  if (known) return known;
  const [root, ...rest] = dotted.split('.');
  const maker = Object.hasOwn(MAKERS, root!) ? MAKERS[root!] : undefined;
  if (!maker || isSource(run, dotted)) return undefined;
  let module: Value | undefined = run.modules.get(`<library>.${root}`);
  if (!module) {
    module = root === 'collections.abc' ? abstractClasses(root) : maker(run);
    run.modules.set(`<library>.${root}`, module as ModuleValue);
  }
  for (const name of rest) {
    module = module && findAttribute(run, module, name);
    if (module?.kind === 'unknown') return module;
  }
  return module?.kind === 'module' ? module : undefined;
}

/** Keras's own applications are read from its source where that is among the roots. */
function isSource(run: Runtime, dotted: string): boolean {
  return (
    /^(keras|tf_keras)\.src\.applications(\.|$)/.test(dotted) &&
    run.reader.resolve(dotted, 0, run.mainFile) !== undefined
  );
}
