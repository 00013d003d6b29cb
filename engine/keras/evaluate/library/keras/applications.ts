// `keras.applications`: run from our own sources of the common models, where the installed package's text is not among the roots.

import { findAttribute } from '../../language/attributes.ts';
import { loadSource } from '../../language/imports.ts';
import type { Runtime } from '../../runtime.ts';
import { unknownHere } from '../../runtime.ts';
import { type ModuleValue, native, type Value } from '../../values.ts';
import { type Lookup, makeModule } from '../make-module.ts';
import { APPLICATION_SOURCES } from './application-sources.ts';

/** Modules of `keras.applications`, and the names that stand beside them. */
const MODULE_OF: { readonly [name: string]: string } = Object.fromEntries(
  Object.entries(APPLICATION_SOURCES).flatMap(([module, { names }]) => names.map((name) => [name, module])),
);

/** Module names of Keras that share one of our sources. */
const SHARED: { readonly [module: string]: string } = {
  resnet50: 'resnet',
  vgg19: 'vgg16',
};

const loading: Lookup = (name, run) => sourceModule(run, SHARED[name] ?? name);

/** A module of our own text; its lines are not the user's. */
function sourceModule(run: Runtime, name: string): ModuleValue | undefined {
  const source = Object.hasOwn(APPLICATION_SOURCES, name) ? APPLICATION_SOURCES[name] : undefined;
  const file = source && run.reader.parse?.(`<quantlens>/keras/applications/${name}.py`, source.text);
  if (!file) return undefined;
  const frame = {
    kind: 'module',
    locals: new Map<string, Value>(),
    globals: new Map<string, Value>(),
    file,
    module: name,
  } as const;
  const module = loadSource(
    run,
    { path: file.path, name: `keras.applications.${name}`, isPackage: false, file },
    frame,
  );
  return module.kind === 'module' ? module : undefined;
}

/** A member of `keras.applications`. */
export const applicationsMember: Lookup = (name, run) => {
  const module = Object.hasOwn(MODULE_OF, name) ? MODULE_OF[name] : undefined;
  if (module !== undefined) {
    const found = sourceModule(run, module);
    return found && findAttribute(run, found, name);
  }
  const own = loading(name, run);
  if (own) return own;
  if (/^[A-Z]/.test(name))
    return native(name, (each) =>
      unknownHere(
        each,
        `keras.applications.${name} is read only from the package's own source: add its folder as a root`,
      ),
    );
  return /^[a-z_0-9]+$/.test(name) ? makeModule(`keras.applications.${name}`, [], applicationsMember) : undefined;
};
