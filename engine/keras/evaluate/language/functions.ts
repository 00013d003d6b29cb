// Functions: made, their parameters bound, their bodies run.

import type { FunctionDefinition, Parameter } from '../../../python/syntax.ts';
import type { Frame } from '../frame.ts';
import { type Runtime, raise, step } from '../runtime.ts';
import { type CallSite, dictOf, type FunctionValue, type Named, NO_NAMED, NONE, tuple, type Value } from '../values.ts';
import { evaluate } from './expressions.ts';
import { join } from './join.ts';
import { execute } from './statements.ts';

interface Recipe {
  readonly name: string;
  readonly parameters: readonly Parameter[];
  readonly body: FunctionValue['body'];
  readonly isGenerator: boolean;
  readonly definition?: FunctionDefinition;
}

export function makeFunction(run: Runtime, recipe: Recipe, frame: Frame): FunctionValue {
  const defaults = new Map<string, Value>();
  for (const parameter of recipe.parameters) {
    if (parameter.default) defaults.set(parameter.name, evaluate(run, parameter.default, frame));
  }
  return {
    kind: 'function',
    name: recipe.name,
    parameters: recipe.parameters,
    defaults,
    body: recipe.body,
    isLambda: !Array.isArray(recipe.body),
    isGenerator: recipe.isGenerator,
    closure: frame.kind === 'class' && frame.enclosing ? frame.enclosing : frame,
    ...(recipe.definition && { definition: recipe.definition }),
    attributes: new Map(),
  };
}

/** Runs a function of the source. */
export function callFunction(
  run: Runtime,
  callee: FunctionValue,
  args: readonly Value[],
  named: Named = NO_NAMED,
  site: CallSite = run.site,
): Value {
  step(run);
  if (site.depth > run.budget.callDepth) {
    raise(run, 'RecursionError', `the calls nest deeper than ${run.budget.callDepth}`, site);
  }
  const { closure } = callee;
  const locals = new Map<string, Value>();
  bindParameters(run, callee, args, named, locals);
  const frame: Frame = {
    kind: 'function',
    locals,
    globals: closure.globals,
    ...(closure.kind === 'function' && { enclosing: closure }),
    file: closure.file,
    function: callee,
    ...(args[0] && { self: args[0] }),
    module: closure.module,
  };
  const { site: outerSite, marker } = run;
  run.site = site;
  try {
    if (callee.isLambda) return evaluate(run, callee.body as never, frame);
    if (callee.isGenerator) return runGenerator(run, callee, frame);
    execute(run, callee.body as never, frame);
    return returned(frame);
  } finally {
    run.site = outerSite;
    run.marker = marker;
  }
}

/** The value of a call, where some returns stand in branches that may not have been taken. */
function returned(frame: Frame): Value {
  let result = frame.result ?? NONE;
  for (const { value, marker } of frame.perhaps ?? []) result = join(result, value, marker.reason);
  return result;
}

/** A generator runs to its end at once; its items are then handed out. */
function runGenerator(run: Runtime, callee: FunctionValue, frame: Frame): Value {
  frame.yields = [];
  execute(run, callee.body as never, frame);
  const items = frame.yields;
  return { kind: 'iterator', items: () => items, at: 0 };
}

function bindParameters(
  run: Runtime,
  callee: FunctionValue,
  args: readonly Value[],
  named: Named,
  locals: Map<string, Value>,
): void {
  let position = 0;
  let used = 0;
  let rest: string | undefined;
  for (const parameter of callee.parameters) {
    const { name, kind } = parameter;
    if (kind === 'args') {
      locals.set(name, tuple(args.slice(position)));
      position = args.length;
    } else if (kind === 'kwargs') rest = name;
    else {
      const byName = kind === 'positional-only' ? undefined : named.get(name);
      if (kind !== 'keyword-only' && position < args.length) {
        if (byName) raise(run, 'TypeError', `${callee.name}() got multiple values for argument '${name}'`);
        locals.set(name, args[position++]!);
      } else if (byName) {
        locals.set(name, byName);
        used++;
      } else {
        const value = callee.defaults.get(name);
        if (!value) raise(run, 'TypeError', `${callee.name}() missing 1 required argument: '${name}'`);
        locals.set(name, value);
      }
    }
  }
  if (position < args.length) {
    raise(run, 'TypeError', `${callee.name}() takes ${position} positional arguments but ${args.length} were given`);
  }
  if (rest === undefined && used === named.size) return;
  const own = new Set(callee.parameters.filter(({ kind }) => kind !== 'positional-only').map(({ name }) => name));
  const others = [...named].filter(([name]) => !own.has(name) || name === rest);
  if (rest !== undefined) locals.set(rest, dictOf(others));
  else if (others.length > 0) {
    raise(run, 'TypeError', `${callee.name}() got an unexpected keyword argument '${others[0]![0]}'`);
  }
}
