// Runs statements: one entry a kind.

import type { Statement } from '../../../python/syntax.ts';
import type { Completion, Frame } from '../frame.ts';
import { BudgetError, PythonError, type Runtime, raise, step, stopAt } from '../runtime.ts';
import { NONE, type Place, type Value } from '../values.ts';
import { assign, augment, deleteTarget } from './assignment.ts';
import { findAttribute } from './attributes.ts';
import { branchOn, exploreOnce } from './branches.ts';
import { callMethod, callValue } from './calls.ts';
import { defineClass } from './classes.ts';
import { matchesException, raised } from './exceptions.ts';
import { evaluate } from './expressions.ts';
import { forget, forgetText } from './forget.ts';
import { makeFunction } from './functions.ts';
import { importFrom, importModules } from './imports.ts';
import { iterate } from './iteration.ts';
import { storeName } from './names.ts';
import { runMatch } from './patterns.ts';
import { truth } from './truth.ts';

type Executor<K extends Statement['kind']> = (
  run: Runtime,
  node: Extract<Statement, { kind: K }>,
  frame: Frame,
) => Completion;

/** Runs statements until one ends the block. */
export function execute(run: Runtime, body: readonly Statement[], frame: Frame): Completion {
  for (const statement of body) {
    const completion = executeOne(run, statement, frame);
    if (completion !== 'normal') return completion;
  }
  return 'normal';
}

export function executeOne(run: Runtime, node: Statement, frame: Frame): Completion {
  step(run);
  return (EXECUTORS[node.kind] as Executor<typeof node.kind>)(run, node as never, frame);
}

/**
 * Runs a module's statements. One that fails is noted and the next goes on, so that a broken cell or a missing file
 * does not hide the models behind it.
 */
export function executeModule(run: Runtime, body: readonly Statement[], frame: Frame): void {
  for (const statement of body) {
    const site = run.site;
    try {
      executeOne(run, statement, frame);
    } catch (error) {
      if (!(error instanceof PythonError)) throw error;
      if (error.value.cls.name === 'SystemExit') return;
      const at = isAnsweredBy(error.at, frame)
        ? error.at
        : { file: frame.file, start: statement.start, end: statement.end };
      stopAt(run, error.message, at);
      forget(run, [statement], frame, { kind: 'unknown', reason: error.message, at });
    }
    run.site = site;
  }
}

/** A place of the file itself that is more than its beginning. */
const isAnsweredBy = (at: Place, frame: Frame): boolean => at.file === frame.file && at.end > at.start;

const EXECUTORS: { readonly [K in Statement['kind']]: Executor<K> } = {
  expression: (run, node, frame) => {
    evaluate(run, node.value, frame);
    return 'normal';
  },
  assign: (run, node, frame) => {
    const value = evaluate(run, node.value, frame);
    for (const target of node.targets) assign(run, target, value, frame);
    return 'normal';
  },
  augmented: (run, node, frame) => {
    augment(run, node, frame);
    return 'normal';
  },
  annotated: (run, node, frame) => {
    if (node.value) assign(run, node.target, evaluate(run, node.value, frame), frame);
    if (frame.kind === 'class' && node.target.kind === 'name')
      noteField(run, node.target.name, node.value !== undefined, frame);
    return 'normal';
  },
  if: (run, node, frame) => {
    const holds = truth(run, evaluate(run, node.test, frame));
    if (typeof holds === 'boolean') return execute(run, holds ? node.then : node.otherwise, frame);
    return branchOn(run, holds, node.then, node.otherwise, frame);
  },
  for: runFor,
  while: runWhile,
  return: (run, node, frame) => {
    frame.result = node.value ? evaluate(run, node.value, frame) : NONE;
    return 'return';
  },
  pass: () => 'normal',
  break: () => 'break',
  continue: () => 'continue',
  function: (run, node, frame) => {
    let value: Value = makeFunction(
      run,
      {
        name: node.name,
        parameters: node.parameters,
        body: node.body,
        isGenerator: node.isGenerator,
        definition: node,
      },
      frame,
    );
    for (const decorator of node.decorators.toReversed()) value = decorate(run, evaluate(run, decorator, frame), value);
    storeName(run, node.name, value, frame);
    return 'normal';
  },
  class: (run, node, frame) => {
    let value: Value = defineClass(run, node, frame);
    for (const decorator of node.decorators.toReversed()) value = decorate(run, evaluate(run, decorator, frame), value);
    storeName(run, node.name, value, frame);
    return 'normal';
  },
  import: (run, node, frame) => {
    importModules(run, node, frame);
    return 'normal';
  },
  'from-import': (run, node, frame) => {
    importFrom(run, node, frame);
    return 'normal';
  },
  with: runWith,
  try: runTry,
  raise: (run, node, frame) => raised(run, node, frame),
  assert: (run, node, frame) => {
    const holds = truth(run, evaluate(run, node.test, frame));
    if (holds !== false) return 'normal';
    return raise(run, 'AssertionError', 'the assertion does not hold', {
      file: frame.file,
      start: node.start,
      end: node.end,
    });
  },
  global: (_run, node, frame) => {
    frame.globalNames ??= new Set();
    for (const name of node.names) frame.globalNames.add(name);
    return 'normal';
  },
  nonlocal: (_run, node, frame) => {
    frame.nonlocalNames ??= new Set();
    for (const name of node.names) frame.nonlocalNames.add(name);
    return 'normal';
  },
  delete: (run, node, frame) => {
    for (const target of node.targets) deleteTarget(run, target, frame);
    return 'normal';
  },
  match: runMatch,
  error: (run, node, frame) => {
    const at = { file: frame.file, start: node.start, end: node.end };
    stopAt(run, node.reason, at);
    forgetText(run, frame.file.module.text.slice(node.start, node.end), frame, {
      kind: 'unknown',
      reason: node.reason,
      at,
    });
    return 'normal';
  },
};

/** A decorator that the run does not know is taken to keep what the function does. */
function decorate(run: Runtime, decorator: Value, value: Value): Value {
  if (decorator.kind === 'unknown') return value;
  const result = callValue(run, decorator, [value]);
  return result.kind === 'unknown' ? value : result;
}

/** Annotated names of a class body, in order, for dataclasses and named tuples. */
function noteField(run: Runtime, name: string, hasDefault: boolean, frame: Frame): void {
  const fields = frame.locals.get('__annotations__');
  const entry: Value = { kind: 'bool', value: hasDefault };
  if (fields?.kind === 'dict') fields.entries.set(`s${name}`, [{ kind: 'str', value: name }, entry]);
  else
    storeName(
      run,
      '__annotations__',
      { kind: 'dict', entries: new Map([[`s${name}`, [{ kind: 'str', value: name }, entry]]]) },
      frame,
    );
}

function runFor(run: Runtime, node: Extract<Statement, { kind: 'for' }>, frame: Frame): Completion {
  const items = iterate(run, evaluate(run, node.iterable, frame));
  if (items.kind === 'unknown') {
    return exploreOnce(run, items, frame, node.body, () => {
      assign(run, node.target, items, frame);
      return execute(run, node.body, frame);
    });
  }
  const marker = run.marker;
  const isIdle = idleWatch(run);
  for (const item of items.items) {
    step(run);
    if (isIdle()) return leaveLoop(run, node, frame);
    assign(run, node.target, item, frame);
    const completion = execute(run, node.body, frame);
    if (completion === 'return') return completion;
    if (completion === 'break') {
      run.marker = marker;
      return 'normal';
    }
  }
  run.marker = marker;
  return execute(run, node.otherwise, frame);
}

function runWhile(run: Runtime, node: Extract<Statement, { kind: 'while' }>, frame: Frame): Completion {
  const marker = run.marker;
  const isIdle = idleWatch(run);
  for (;;) {
    step(run);
    if (isIdle()) return leaveLoop(run, node, frame);
    const holds = truth(run, evaluate(run, node.test, frame));
    if (typeof holds !== 'boolean')
      return exploreOnce(run, holds, frame, node.body, () => execute(run, node.body, frame));
    if (!holds) break;
    const completion = execute(run, node.body, frame);
    if (completion === 'return') return completion;
    if (completion === 'break') {
      run.marker = marker;
      return 'normal';
    }
  }
  run.marker = marker;
  return execute(run, node.otherwise, frame);
}

/** Steps of a loop without a new layer after which it is left: it trains, waits or never ends. */
const IDLE_STEPS = 150_000;

/** Tells whether the loop that starts now has gone on for long without making a layer. */
function idleWatch(run: Runtime): () => boolean {
  let { steps, layerCount } = run;
  return () => {
    if (run.layerCount !== layerCount) ({ steps, layerCount } = run);
    return run.steps - steps > IDLE_STEPS;
  };
}

/** Goes on behind a loop; what it writes is not known. */
function leaveLoop(run: Runtime, node: Extract<Statement, { kind: 'for' | 'while' }>, frame: Frame): Completion {
  const at = { file: frame.file, start: node.start, end: node.body[0]?.start ?? node.end };
  const reason = 'the loop goes on without making layers; it is left after a while';
  stopAt(run, reason, at);
  forget(run, node.body, frame, { kind: 'unknown', reason, at });
  return 'normal';
}

function runWith(run: Runtime, node: Extract<Statement, { kind: 'with' }>, frame: Frame): Completion {
  const managers: Value[] = [];
  for (const { value, target } of node.items) {
    const manager = evaluate(run, value, frame);
    managers.push(manager);
    const enter = manager.kind === 'unknown' ? undefined : findAttribute(run, manager, '__enter__');
    const entered = manager.kind === 'unknown' ? manager : enter ? callValue(run, enter, []) : manager;
    if (target) assign(run, target, entered, frame);
  }
  const leave = () => {
    for (const manager of managers.reverse()) {
      if (manager.kind === 'instance' && findAttribute(run, manager, '__exit__')) {
        callMethod(run, manager, '__exit__', [NONE, NONE, NONE]);
      }
    }
  };
  try {
    return execute(run, node.body, frame);
  } finally {
    leave();
  }
}

function runTry(run: Runtime, node: Extract<Statement, { kind: 'try' }>, frame: Frame): Completion {
  const { site, marker } = run;
  const finish = (completion: Completion): Completion => {
    if (node.finally.length === 0) return completion;
    const result = frame.result;
    const last = execute(run, node.finally, frame);
    if (last !== 'normal') return last;
    if (result !== undefined) frame.result = result;
    return completion;
  };
  let completion: Completion;
  try {
    if (node.handlers.length > 0) run.guarded++;
    try {
      completion = execute(run, node.body, frame);
    } finally {
      if (node.handlers.length > 0) run.guarded--;
    }
    if (completion === 'normal') completion = execute(run, node.otherwise, frame);
  } catch (error) {
    if (!(error instanceof PythonError)) throw error;
    run.site = site;
    run.marker = marker;
    const handler = node.handlers.find((each) => matchesException(run, each, error, frame));
    if (!handler) {
      finish('normal');
      throw error;
    }
    if (handler.name) storeName(run, handler.name, error.value, frame);
    run.handling.push(error);
    try {
      completion = execute(run, handler.body, frame);
    } finally {
      run.handling.pop();
    }
  }
  return finish(completion);
}

export { BudgetError };
