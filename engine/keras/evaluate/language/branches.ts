// Branches on what is not known: each is explored, its writes are undone, and what differs is joined and marked.

import type { Statement } from '../../../python/syntax.ts';
import type { Completion, Frame } from '../frame.ts';
import { PythonError, type Runtime } from '../runtime.ts';
import { NONE, type Unknown, type Value } from '../values.ts';
import { type BranchLog, joinWrites, replay, rollBack } from './branch-log.ts';
import { forget } from './forget.ts';
import { join } from './join.ts';
import { execute } from './statements.ts';

interface Outcome<T> {
  readonly written: BranchLog;
  readonly result?: T;
  readonly thrown?: PythonError;
}

/** Runs something that may not happen; leaves no trace but what it returns. */
function explore<T>(run: Runtime, reason: Unknown, body: () => T): Outcome<T> {
  const { log: outerLog, marker: outerMarker, site } = run;
  const log: BranchLog = new Map();
  run.log = log;
  run.marker = { reason, ...(outerMarker && { parent: outerMarker }) };
  try {
    const result = body();
    return { written: rollBack(log), result };
  } catch (error) {
    if (!(error instanceof PythonError)) {
      throw error;
    }
    return { written: rollBack(log), thrown: error };
  } finally {
    run.log = outerLog;
    run.marker = outerMarker;
    run.site = site;
    // What the branch wrote is a write of the branch around it too.
    if (outerLog) for (const [store, content] of log) if (!outerLog.has(store)) outerLog.set(store, content);
  }
}

/** `if` on an unknown. */
export function branchOn(
  run: Runtime,
  reason: Unknown,
  then: readonly Statement[],
  otherwise: readonly Statement[],
  frame: Frame,
): Completion {
  const first = explore(run, reason, () => outcomeOf(run, then, frame));
  const second = explore(run, reason, () => outcomeOf(run, otherwise, frame));
  if (first.thrown && second.thrown) throw first.thrown;
  // A branch that raises is a check: the other is what happens in a program that works.
  if (first.thrown || second.thrown) {
    const taken = first.thrown ? second : first;
    replay(taken.written);
    const thrown = (first.thrown ?? second.thrown)!;
    if (!thrown.isRaised) forget(run, first.thrown ? then : otherwise, frame, { ...reason, reason: thrown.message });
    frame.result = taken.result!.value ?? frame.result!;
    return taken.result!.completion;
  }
  return joinOutcomes(run, reason, first as Ended, second as Ended, frame);
}

interface Ended {
  readonly written: BranchLog;
  readonly result: { readonly completion: Completion; readonly value: Value | undefined };
}

function outcomeOf(run: Runtime, body: readonly Statement[], frame: Frame): Ended['result'] {
  const before = frame.result;
  delete frame.result;
  const completion = execute(run, body, frame);
  const value = frame.result as Value | undefined;
  if (before) frame.result = before;
  else delete frame.result;
  return { completion, value };
}

function joinOutcomes(run: Runtime, reason: Unknown, first: Ended, second: Ended, frame: Frame): Completion {
  const a = first.result;
  const b = second.result;
  if (a.completion === 'return' && b.completion === 'return') {
    joinWrites(run, first.written, second.written, reason);
    frame.result = join(a.value ?? NONE, b.value ?? NONE, reason);
    return 'return';
  }
  if (a.completion === b.completion) {
    joinWrites(run, first.written, second.written, reason);
    return a.completion;
  }
  // One branch leaves, the other goes on: what follows happens only perhaps, until the function or loop ends.
  const leaving = a.completion === 'normal' ? second : first;
  const staying = a.completion === 'normal' ? first : second;
  const marker = { reason, ...(run.marker && { parent: run.marker }) };
  run.marker = marker;
  if (leaving.result.completion === 'return') {
    frame.perhaps ??= [];
    frame.perhaps.push({ value: leaving.result.value ?? NONE, marker });
  }
  if (staying.result.completion === 'return') {
    joinWrites(run, first.written, second.written, reason);
    frame.result = staying.result.value ?? NONE;
    return 'return';
  }
  replay(staying.written);
  return staying.result.completion;
}

/** A conditional expression on an unknown. */
export function joinBranches(run: Runtime, reason: Unknown, then: () => Value, otherwise: () => Value): Value {
  const first = explore(run, reason, then);
  const second = explore(run, reason, otherwise);
  if (first.thrown && second.thrown) throw first.thrown;
  if (first.thrown || second.thrown) {
    const taken = first.thrown ? second : first;
    replay(taken.written);
    return taken.result!;
  }
  joinWrites(run, first.written, second.written, reason);
  return join(first.result!, second.result!, reason);
}

/** The body of a loop whose rounds are not known: once, as its first round. */
export function exploreOnce(
  run: Runtime,
  reason: Unknown,
  frame: Frame,
  statements: readonly Statement[],
  body: () => Completion,
): Completion {
  const once = explore(run, reason, () => {
    const completion = body();
    const value = frame.result;
    delete frame.result;
    return { completion, value };
  });
  if (once.thrown) {
    forget(run, statements, frame, reason);
    return 'normal';
  }
  joinWrites(run, once.written, new Map(), reason);
  const { completion, value } = once.result!;
  if (completion === 'return') {
    const marker = { reason, ...(run.marker && { parent: run.marker }) };
    run.marker = marker;
    frame.perhaps ??= [];
    frame.perhaps.push({ value: value ?? NONE, marker });
  }
  return 'normal';
}
