// The symbolic run of a Python file: text in, the models that it builds out. Nothing is executed and nothing is read but what
// the reader hands in.

import type { Expression } from '../../python/syntax.ts';
import type { KerasVersion } from '../catalogue/layer-spec.ts';
import type { KerasModel, Stop } from '../model.ts';
import { EXCEPTIONS } from './builtins/exception-classes.ts';
import { FRAME_BUILTINS } from './builtins/frame-builtins.ts';
import type { Frame } from './frame.ts';
import { applyKeras, applyTensorFlow } from './frameworks/apply-operation.ts';
import { layerClass } from './frameworks/layer-classes.ts';
import { callValue } from './language/calls.ts';
import { evaluate } from './language/expressions.ts';
import { findModule, moduleNames } from './language/imports.ts';
import { executeModule } from './language/statements.ts';
import { isModel } from './layers/layer-state.ts';
import { resetNames } from './layers/naming.ts';
import { toKerasModel, toStop } from './layers/to-model.ts';
import { nativeModule } from './library/modules.ts';
import { type Budget, BudgetError, DEFAULT_BUDGET, PythonError, type Runtime, stopAt } from './runtime.ts';
import type { SourceFile, SourceReader } from './source.ts';
import { type Instance, NO_NAMED, str, type Value } from './values.ts';

export interface EvaluateOptions {
  readonly kerasVersion: KerasVersion;
  readonly reader: SourceReader;
  /** An expression in the file's own names, parsed; the models of its value are given back. */
  readonly entry?: SourceFile;
  /** Also calls each function of the file whose parameters all have defaults. */
  readonly callBuilders?: boolean;
  readonly budget?: Partial<Budget>;
}

export interface Evaluation {
  readonly models: readonly KerasModel[];
  /** What the run of the file had to give up. */
  readonly stopped: readonly Stop[];
  /** Files that were read, the first one first. */
  readonly files: readonly string[];
}

/** The models that a file builds. */
export function evaluateFile(file: SourceFile, options: EvaluateOptions): Evaluation {
  const run = makeRuntime(file, options);
  const frame = moduleFrame(file);
  let found: readonly Instance[] = [];
  const finished = within(run, file, () => {
    if (options.entry) importParents(run, file, frame);
    executeModule(run, file.module.body, frame);
    for (const { start, end } of file.module.errors.slice(0, 20))
      stopAt(run, 'the syntax is not valid', { file, start, end });
    if (options.callBuilders) callBuilders(run, file, frame);
    if (options.entry) found = entryModels(run, file, options.entry, frame);
  });
  // One whose constructor raised an error was never made.
  const models = (options.entry ? found : run.models).filter(({ layer }) => layer?.model !== undefined);
  if (!finished)
    for (const model of run.models)
      if (model.layer!.model?.kind !== 'functional') model.layer!.uncertain ??= lastStop(run);
  const names = variablesOf(frame);
  return {
    models: [...new Set(models)].map((model) => toKerasModel(run, model, names.get(model))),
    stopped: run.stops.map(toStop),
    files: [file.path, ...[...run.modules.values()].flatMap((module) => (module.file ? [module.file.path] : []))],
  };
}

function lastStop(run: Runtime) {
  const stop = run.stops.at(-1);
  return { kind: 'unknown', reason: stop?.reason ?? 'the run did not end', ...(stop && { at: stop.at }) } as const;
}

/** Runs something within the budget; false where that is spent. */
function within(run: Runtime, file: SourceFile, body: () => void): boolean {
  try {
    body();
    return true;
  } catch (error) {
    if (error instanceof BudgetError) stopAt(run, error.message, error.at);
    else if (error instanceof PythonError) stopAt(run, error.message, error.at);
    else if (error instanceof RangeError && /call stack/i.test(error.message)) {
      stopAt(
        run,
        'the program nests too deeply',
        run.site.end > run.site.start ? run.site : { file, start: 0, end: 0 },
      );
    } else throw error;
    return false;
  }
}

function makeRuntime(file: SourceFile, { kerasVersion, reader, budget }: EvaluateOptions): Runtime {
  return {
    reader,
    version: kerasVersion,
    budget: { ...DEFAULT_BUDGET, ...budget },
    startedAt: performance.now(),
    steps: 0,
    elements: 0,
    layerCount: 0,
    site: { file, start: 0, end: 0, depth: 0 },
    marker: undefined,
    log: undefined,
    handling: [],
    guarded: 0,
    stops: [],
    models: [],
    modules: new Map(),
    names: new Map(),
    settings: { imageDataFormat: 'channels_last', floatx: 'float32', epsilon: 1e-7 },
    classes: new Map(EXCEPTIONS),
    insideCall: 0,
    currentLayer: undefined,
    mainFile: file.path,
    libraryModule: nativeModule,
    layerClass,
    tensorAbs: (run, value) =>
      run.version === 2
        ? applyTensorFlow(run, 'math.abs', [value], NO_NAMED, run.site)
        : applyKeras(run, 'Absolute', [value], NO_NAMED, run.site),
    frameBuiltins: FRAME_BUILTINS,
  };
}

/** A module of a package is imported behind the package's own text, which may set it up. */
function importParents(run: Runtime, file: SourceFile, frame: Frame): void {
  for (const name of run.reader.packagesOf?.(file.path) ?? []) findModule(run, name, 0, frame);
}

/** Calls the functions of the file that build a model and ask for nothing. */
function callBuilders(run: Runtime, file: SourceFile, frame: Frame): void {
  for (const [name, value] of [...frame.globals]) {
    if (value.kind !== 'function' || !value.definition || value.closure.file !== file || name.startsWith('_')) continue;
    const { start, end } = value.definition;
    if (!/Model\(|Sequential\(/.test(file.module.text.slice(start, end))) continue;
    const isOpen = value.parameters.every(
      ({ name: own, kind }) => kind === 'args' || kind === 'kwargs' || value.defaults.has(own),
    );
    if (!isOpen) continue;
    const { site, stops } = run;
    const before = stops.length;
    try {
      callValue(run, value, [], NO_NAMED, { file, start: 0, end: 0, depth: 0 });
    } catch (error) {
      if (!(error instanceof PythonError)) throw error;
      // What a program never calls may fail without it.
      stops.length = before;
      run.site = site;
    }
  }
}

function moduleFrame(file: SourceFile): Frame {
  const members = new Map<string, Value>([
    ['__name__', str('__main__')],
    ['__file__', str(file.path)],
    ...moduleNames(file),
  ]);
  return { kind: 'module', locals: members, globals: members, file, module: '__main__' };
}

/**
 * Models in the value of the entry; where that holds none, those that it made. An entry that the file's own names do not make is
 * looked up in its package: libraries set their modules up there.
 */
function entryModels(run: Runtime, file: SourceFile, entry: SourceFile, frame: Frame): readonly Instance[] {
  const [statement] = entry.module.body;
  if (statement?.kind !== 'expression' || entry.module.errors.length > 0) {
    stopAt(run, 'the entry is not an expression', { file: entry, start: 0, end: entry.module.text.length });
    return [];
  }
  const own = tryEntry(run, entry, statement.value, frame.globals, frame);
  if (own.length > 0) return own;
  const stops = run.stops.length;
  const name = rootName(statement.value);
  for (const dotted of run.reader.modulesBeside?.(file.path) ?? []) {
    const module = findModule(run, dotted, 0, frame);
    if (module?.kind !== 'module' || name === undefined || !module.members.has(name)) continue;
    const found = tryEntry(run, entry, statement.value, module.members, frame);
    if (found.length === 0) continue;
    // What the other tries had to give up says nothing of this one.
    run.stops.length = 0;
    return found;
  }
  run.stops.length = stops;
  return [];
}

function tryEntry(
  run: Runtime,
  entry: SourceFile,
  expression: Expression,
  names: Map<string, Value>,
  frame: Frame,
): readonly Instance[] {
  resetNames(run);
  const before = run.models.length;
  const place = { file: entry, start: 0, end: entry.module.text.length };
  const { site } = run;
  try {
    const value = evaluate(run, expression, { ...frame, locals: names, globals: names, file: entry });
    const models = modelsIn(value);
    if (models.length > 0) return models;
    if (value.kind === 'unknown') stopAt(run, value.reason, value.at ?? place);
  } catch (error) {
    if (!(error instanceof PythonError)) throw error;
    run.site = site;
    stopAt(run, error.message, error.at);
  }
  return run.models.slice(before);
}

/** `a` of `a.b(c)[0]`. */
function rootName(expression: Expression): string | undefined {
  switch (expression.kind) {
    case 'name':
      return expression.name;
    case 'call':
      return rootName(expression.callee);
    case 'attribute':
    case 'subscript':
      return rootName(expression.object);
    default:
      return undefined;
  }
}

function modelsIn(value: Value, depth = 0): Instance[] {
  if (depth > 4) return [];
  switch (value.kind) {
    case 'tuple':
    case 'list':
      return value.items.flatMap((item) => modelsIn(item, depth + 1));
    case 'dict':
      return [...value.entries.values()].flatMap(([, item]) => modelsIn(item, depth + 1));
    case 'instance':
      if (value.layer) return isModel(value) ? [value] : [];
      return [...value.attributes.values()].flatMap((item) => modelsIn(item, depth + 1));
    default:
      return [];
  }
}

/** The name that holds each model at the end. */
function variablesOf(frame: Frame): Map<Instance, string> {
  const names = new Map<Instance, string>();
  for (const [name, value] of frame.globals)
    if (value.kind === 'instance' && value.layer && !names.has(value)) names.set(value, name);
  return names;
}
