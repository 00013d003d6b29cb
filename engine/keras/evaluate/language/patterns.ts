// `match`: literal, capture, alternative and sequence patterns.

import type { Pattern, Statement } from '../../../python/syntax.ts';
import type { Completion, Frame } from '../frame.ts';
import { type Runtime, unknownHere } from '../runtime.ts';
import type { Unknown, Value } from '../values.ts';
import { branchOn } from './branches.ts';
import { evaluate } from './expressions.ts';
import { storeName } from './names.ts';
import { compare } from './operators.ts';
import { execute } from './statements.ts';
import { truth } from './truth.ts';

export function runMatch(run: Runtime, node: Extract<Statement, { kind: 'match' }>, frame: Frame): Completion {
  const subject = evaluate(run, node.subject, frame);
  for (const { pattern, guard, body } of node.cases) {
    let holds = matches(run, pattern, subject, frame);
    if (holds === true && guard) holds = truth(run, evaluate(run, guard, frame));
    if (holds === true) return execute(run, body, frame);
    if (holds !== false) return branchOn(run, holds, body, [], frame);
  }
  return 'normal';
}

function matches(run: Runtime, pattern: Pattern, subject: Value, frame: Frame): boolean | Unknown {
  switch (pattern.kind) {
    case 'wildcard':
      return true;
    case 'capture':
      storeName(run, pattern.name, subject, frame);
      return true;
    case 'value':
      return truth(run, compare(run, '==', subject, evaluate(run, pattern.value, frame), run.site));
    case 'or': {
      let doubt: Unknown | undefined;
      for (const option of pattern.options) {
        const holds = matches(run, option, subject, frame);
        if (holds === true) return true;
        if (holds !== false) doubt = holds;
      }
      return doubt ?? false;
    }
    case 'sequence': {
      if (subject.kind === 'unknown') return subject;
      if (subject.kind !== 'tuple' && subject.kind !== 'list') return false;
      if (subject.items.length !== pattern.items.length) return false;
      for (const [i, item] of pattern.items.entries()) {
        const holds = matches(run, item, subject.items[i]!, frame);
        if (holds !== true) return holds;
      }
      return true;
    }
    case 'unsupported':
      return unknownHere(run, 'this pattern of match is not evaluated');
  }
}
