// Imports: the frameworks' and the library's own meaning first, then source of the roots, else an unknown module.

import type { Statement } from '../../../python/syntax.ts';
import type { Frame } from '../frame.ts';
import { type Runtime, raise, unknownHere } from '../runtime.ts';
import type { ResolvedModule, SourceFile } from '../source.ts';
import { type ModuleValue, NONE, str, type Unknown, type Value } from '../values.ts';
import { findAttribute } from './attributes.ts';
import { iterate } from './iteration.ts';
import { storeName } from './names.ts';
import { executeModule } from './statements.ts';

type Importing = Extract<Statement, { kind: 'import' }>;
type FromImport = Extract<Statement, { kind: 'from-import' }>;

export function importModules(run: Runtime, node: Importing, frame: Frame): void {
  for (const { name, alias } of node.names) {
    const module = loadModule(run, name, 0, frame, node);
    if (alias !== undefined) storeName(run, alias, module, frame);
    else {
      const top = name.split('.')[0]!;
      storeName(run, top, top === name ? module : loadModule(run, top, 0, frame, node), frame);
    }
  }
}

export function importFrom(run: Runtime, node: FromImport, frame: Frame): void {
  const module = loadModule(run, node.module, node.level, frame, node);
  if (node.star) {
    importAll(run, module, frame);
    return;
  }
  for (const { name, alias } of node.names) {
    storeName(run, alias ?? name, memberOf(run, module, name, node, frame), frame);
  }
}

function memberOf(run: Runtime, module: Value, name: string, node: FromImport, frame: Frame): Value {
  if (module.kind !== 'module') return module;
  // `from package import module` prefers what the package's own text binds, then its submodule.
  const found = findAttribute(run, module, name);
  if (found !== undefined && found.kind !== 'unknown') return found;
  const dotted = node.module === '' ? name : `${node.module}.${name}`;
  const submodule = findModule(run, dotted, node.level, frame);
  if (submodule) return submodule;
  if (found !== undefined) return found;
  const at = { file: frame.file, start: node.start, end: node.end };
  const reason = `${module.name} has no ${name} that is known here`;
  if (run.guarded > 0 || module.file)
    return raise(run, 'ImportError', `cannot import name '${name}' from '${module.name}'`, at);
  return unknownHere(run, reason, at);
}

function importAll(run: Runtime, module: Value, frame: Frame): void {
  if (module.kind !== 'module') return;
  const listed = module.members.get('__all__');
  const names = listed ? iterate(run, listed) : undefined;
  if (names?.kind === 'items') {
    for (const name of names.items) {
      if (name.kind !== 'str') continue;
      const value = findAttribute(run, module, name.value);
      if (value) storeName(run, name.value, value, frame);
    }
    return;
  }
  for (const name of module.starNames?.(run) ?? module.members.keys()) {
    const value = name.startsWith('_') ? undefined : findAttribute(run, module, name);
    if (value) storeName(run, name, value, frame);
  }
}

function loadModule(run: Runtime, dotted: string, level: number, frame: Frame, node: Importing | FromImport): Value {
  const module = findModule(run, dotted, level, frame);
  if (module) return module;
  const at = { file: frame.file, start: node.start, end: node.end };
  const shown = '.'.repeat(level) + dotted;
  if (run.guarded > 0 && (level > 0 || isOwnTop(dotted)))
    return raise(run, 'ImportError', `No module named '${shown}'`, at);
  return unknownModule(shown, at);
}

/** Modules of frameworks that the run knows: a name in them that is missing is truly missing. */
const isOwnTop = (dotted: string): boolean => /^(keras|tensorflow|tf_keras)(\.|$)/.test(dotted);

/** A module that is not here: whatever is read of it is unknown. */
function unknownModule(name: string, at: Unknown['at']): Unknown {
  return { kind: 'unknown', reason: `the module ${name} is not found`, ...(at && { at }) };
}

/** A module by its dotted name; undefined where neither the library nor a root has it. */
export function findModule(run: Runtime, dotted: string, level: number, frame: Frame): Value | undefined {
  if (level === 0) {
    const own = run.libraryModule(run, dotted);
    if (own) return own;
  }
  const resolved = run.reader.resolve(dotted, level, frame.file.path);
  if (resolved && level === 0) loadParents(run, dotted, frame);
  if (resolved) return loadSource(run, resolved, frame);
  if (level > 0) return undefined;
  // `import package.attribute` where the attribute is bound by the package itself.
  const dot = dotted.lastIndexOf('.');
  if (dot < 0) return undefined;
  const parent = findModule(run, dotted.slice(0, dot), 0, frame);
  if (parent?.kind === 'unknown') return parent;
  const member = parent ? findAttribute(run, parent, dotted.slice(dot + 1)) : undefined;
  return member?.kind === 'module' ? member : undefined;
}

/** The packages above a module run before it. */
function loadParents(run: Runtime, dotted: string, frame: Frame): void {
  for (let dot = dotted.indexOf('.'); dot >= 0; dot = dotted.indexOf('.', dot + 1)) {
    const name = dotted.slice(0, dot);
    if (run.libraryModule(run, name)) continue;
    const resolved = run.reader.resolve(name, 0, frame.file.path);
    if (resolved?.file) loadSource(run, resolved, frame);
  }
}

/** Names that every module has. */
export function moduleNames(file: SourceFile): (readonly [string, Value])[] {
  const [first] = file.module.body;
  const isText = first?.kind === 'expression' && first.value.kind === 'string';
  return [
    ['__doc__', isText ? str((first.value as { readonly value: string }).value) : NONE],
    ['__package__', NONE],
    ['__spec__', NONE],
  ];
}

/** Runs the text of a module, once. */
export function loadSource(run: Runtime, resolved: ResolvedModule, frame: Frame): Value {
  const cached = run.modules.get(resolved.path);
  if (cached) return cached;
  const members = new Map<string, Value>();
  members.set('__name__', str(resolved.name));
  if (resolved.file) for (const [name, value] of moduleNames(resolved.file)) members.set(name, value);
  const module: ModuleValue = {
    kind: 'module',
    name: resolved.name,
    members,
    lookup: (name) => submoduleOf(run, resolved, name, frame),
    ...(resolved.file && { file: resolved.file }),
  };
  run.modules.set(resolved.path, module);
  const { file } = resolved;
  if (!file) return module;
  members.set('__file__', str(resolved.path));
  const { site, guarded, marker, log } = run;
  run.guarded = 0;
  // An import is the same whether or not the branch around it is taken.
  run.marker = undefined;
  run.log = undefined;
  run.site = { file, start: 0, end: 0, parent: site, depth: site.depth + 1 };
  try {
    executeModule(run, file.module.body, {
      kind: 'module',
      locals: members,
      globals: members,
      file,
      module: resolved.name,
    });
  } finally {
    run.site = site;
    run.guarded = guarded;
    run.marker = marker;
    run.log = log;
  }
  return module;
}

function submoduleOf(run: Runtime, parent: ResolvedModule, name: string, frame: Frame): Value | undefined {
  if (!parent.isPackage) return undefined;
  const resolved = run.reader.resolve(`${parent.name}.${name}`, 0, frame.file.path);
  return resolved ? loadSource(run, resolved, frame) : undefined;
}
