// The state of one symbolic run: its budget, its call stack, what it had to give up, and the models that it built.

import type { KerasVersion } from '../catalogue/layer-spec.ts';
import type { Frame } from './frame.ts';
import type { BranchLog } from './language/branch-log.ts';
import type { SourceReader } from './source.ts';
import type { CallSite, ClassValue, Instance, ModuleValue, Place, Unknown, Value } from './values.ts';

/** A condition under which the run currently is without knowing whether it holds. */
export interface Marker {
  readonly reason: Unknown;
  readonly parent?: Marker;
}

export interface Budget {
  /** Statements, calls and loop rounds. */
  readonly steps: number;
  readonly milliseconds: number;
  /** Elements of lists, dicts, strings and arrays that the run makes. */
  readonly elements: number;
  readonly layers: number;
  readonly callDepth: number;
}

export const DEFAULT_BUDGET: Budget = {
  steps: 3_000_000,
  milliseconds: 15_000,
  elements: 20_000_000,
  layers: 20_000,
  callDepth: 140,
};

export interface Runtime {
  readonly reader: SourceReader;
  readonly version: KerasVersion;
  readonly budget: Budget;
  readonly startedAt: number;
  steps: number;
  elements: number;
  layerCount: number;
  site: CallSite;
  marker: Marker | undefined;
  /** Set while a branch is explored that may not be taken. */
  log: BranchLog | undefined;
  /** Exceptions whose handlers run, innermost last. */
  readonly handling: PythonError[];
  /** How many `try` blocks with a handler surround the current place. */
  guarded: number;
  readonly stops: Stopped[];
  readonly models: Instance[];
  readonly modules: Map<string, ModuleValue>;
  /** How often an automatic name was given, by its stem. */
  readonly names: Map<string, number>;
  readonly settings: { imageDataFormat: string; floatx: string; epsilon: number };
  readonly classes: Map<string, ClassValue>;
  /** Depth of layers' own `call` that is running: operations in it make no layers. */
  insideCall: number;
  /** The layer whose `build` or `call` runs. */
  currentLayer: Instance | undefined;
  /** Scripts run as `__main__`. */
  readonly mainFile: string;
  /** A module that is known without reading source. */
  readonly libraryModule: (run: Runtime, dotted: string) => Value | undefined;
  /** The class of a layer of Keras, set by the framework. */
  readonly layerClass: (run: Runtime, name: string) => ClassValue;
  /** abs() of a tensor, set by the framework. */
  readonly tensorAbs?: (run: Runtime, value: Value) => Value;
  /** Built-in functions that read the names of their caller. */
  readonly frameBuiltins: { readonly [name: string]: (run: Runtime, args: readonly Value[], frame: Frame) => Value };
}

export interface Stopped {
  readonly reason: string;
  readonly at: Place;
}

/** A Python exception on its way to a handler. */
export class PythonError extends Error {
  readonly value: Instance;
  readonly at: Place;
  /** By a `raise` of the program, not by an operation that went wrong. */
  readonly isRaised: boolean;

  constructor(value: Instance, at: Place, text: string, isRaised = false) {
    super(text);
    this.value = value;
    this.at = at;
    this.isRaised = isRaised;
  }
}

/** The end of the run: its budget is spent. */
export class BudgetError extends Error {
  readonly at: Place;

  constructor(reason: string, at: Place) {
    super(reason);
    this.at = at;
  }
}

/** Counts one step; ends the run when the budget is spent. */
export function step(run: Runtime): void {
  run.steps++;
  if (run.steps > run.budget.steps) {
    throw new BudgetError(`the run takes more than ${run.budget.steps} steps`, run.site);
  }
  if ((run.steps & 1023) === 0 && performance.now() - run.startedAt > run.budget.milliseconds) {
    throw new BudgetError(`the run takes more than ${run.budget.milliseconds / 1000} s`, run.site);
  }
}

/** Counts elements that are about to be made. */
export function allocate(run: Runtime, count: number): void {
  if (!(run.elements + count <= run.budget.elements)) {
    raise(run, 'MemoryError', `the run would make more than ${run.budget.elements} values`);
  }
  run.elements += count;
}

/** Notes a place at which something was given up; once a place and reason. */
export function stopAt(run: Runtime, reason: string, at: Place = run.site): void {
  if (run.stops.length < 200 && !run.stops.some((stop) => stop.reason === reason && stop.at.start === at.start)) {
    run.stops.push({ reason, at });
  }
}

/** Raises one of Python's own exceptions. */
export function raise(run: Runtime, type: string, message: string, at: Place = run.site): never {
  const cls = run.classes.get(type) ?? run.classes.get('Exception')!;
  throw new PythonError(makeException(cls, [{ kind: 'str', value: message }]), at, `${type}: ${message}`);
}

export function makeException(cls: ClassValue, args: readonly Value[]): Instance {
  return { kind: 'instance', cls, attributes: new Map([['args', { kind: 'tuple', items: args }]]) };
}

/** An unknown value that starts here. */
export function unknownHere(run: Runtime, reason: string, at: Place = run.site): Unknown {
  return { kind: 'unknown', reason, at };
}
