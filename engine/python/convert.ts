// From tree-sitter's concrete tree to the syntax tree: modules and statements.

import type { Node } from 'web-tree-sitter';
import { convertExpression, convertParameters, convertSubscriptList, errorExpression } from './convert-expressions.ts';
import { convertPattern } from './convert-patterns.ts';
import type { StatementCache } from './statement-cache.ts';
import type {
  Argument,
  BinaryOperator,
  ExceptHandler,
  Expression,
  ImportedName,
  MatchCase,
  PythonModule,
  Span,
  Statement,
} from './syntax.ts';

type StatementConverter = (node: Node) => Statement | readonly Statement[] | undefined;

/** Converts a whole file. What the grammar could not read is left out and listed. */
export function convertModule(root: Node, text: string, statements?: StatementCache): PythonModule {
  const errors: Span[] = [];
  if (root.hasError) collectErrors(root, errors);
  cache = statements;
  mayYield = text.includes('yield');
  return { text, body: convertBody(root, convertOuterStatement), errors };
}

/** Of the conversion that runs now; it never waits, so there is one at a time. */
let cache: StatementCache | undefined;
let mayYield = true;

function collectErrors(node: Node, errors: Span[], depth = 0): void {
  if (errors.length >= 100 || depth > 500) return;
  if (node.isError || node.isMissing) {
    errors.push({ start: node.startIndex, end: node.endIndex });
    return;
  }
  for (const child of node.children) if (child?.hasError) collectErrors(child, errors, depth + 1);
}

/** The statements among a node's children. */
export function convertBody(parent: Node, convert: StatementConverter = convertStatement): Statement[] {
  const body: Statement[] = [];
  for (const child of parent.namedChildren) {
    if (!child || child.type === 'comment') continue;
    const converted = convert(child);
    if (converted === undefined) continue;
    if (Array.isArray(converted)) body.push(...converted);
    else body.push(converted as Statement);
  }
  return body;
}

/** A statement of the module that nests beyond the stack is one that could not be read. */
function convertOuterStatement(node: Node): Statement | readonly Statement[] | undefined {
  try {
    return convertStatement(node);
  } catch (error) {
    if (error instanceof RangeError) return { kind: 'error', reason: 'the statement nests too deeply', ...span(node) };
    throw error;
  }
}

function convertStatement(node: Node): Statement | readonly Statement[] | undefined {
  return cache ? cache.convert(node, convertAnew) : convertAnew(node);
}

function convertAnew(node: Node): Statement | readonly Statement[] | undefined {
  const convert = STATEMENTS[node.type];
  if (convert) return convert(node);
  const value = convertExpression(node);
  return { kind: 'expression', value, ...span(node) };
}

const span = (node: Node): Span => ({ start: node.startIndex, end: node.endIndex });

const STATEMENTS: { readonly [type: string]: StatementConverter } = {
  expression_statement: convertExpressionStatement,
  if_statement: convertIf,
  for_statement: (node) => ({
    kind: 'for',
    target: field(node, 'left'),
    iterable: field(node, 'right'),
    body: block(node, 'body'),
    otherwise: block(node, 'alternative'),
    ...span(node),
  }),
  while_statement: (node) => ({
    kind: 'while',
    test: field(node, 'condition'),
    body: block(node, 'body'),
    otherwise: block(node, 'alternative'),
    ...span(node),
  }),
  return_statement: (node) => {
    const value = node.firstNamedChild;
    return { kind: 'return', ...(value && { value: convertExpression(value) }), ...span(node) };
  },
  pass_statement: (node) => ({ kind: 'pass', ...span(node) }),
  break_statement: (node) => ({ kind: 'break', ...span(node) }),
  continue_statement: (node) => ({ kind: 'continue', ...span(node) }),
  function_definition: (node) => convertFunction(node, []),
  class_definition: (node) => convertClass(node, []),
  decorated_definition: convertDecorated,
  import_statement: (node) => ({ kind: 'import', names: importedNames(node), ...span(node) }),
  import_from_statement: convertFromImport,
  future_import_statement: () => undefined,
  with_statement: convertWith,
  try_statement: convertTry,
  raise_statement: (node) => {
    const value = node.namedChildren.find((child) => child && child.type !== 'comment');
    return { kind: 'raise', ...(value && { value: convertExpression(value) }), ...span(node) };
  },
  assert_statement: (node) => {
    const [test, message] = node.namedChildren;
    return {
      kind: 'assert',
      test: test ? convertExpression(test) : errorExpression(node),
      ...(message && { message: convertExpression(message) }),
      ...span(node),
    };
  },
  global_statement: (node) => ({ kind: 'global', names: node.namedChildren.map((n) => n!.text), ...span(node) }),
  nonlocal_statement: (node) => ({ kind: 'nonlocal', names: node.namedChildren.map((n) => n!.text), ...span(node) }),
  delete_statement: (node) => {
    const targets = node.namedChildren.flatMap((child) => {
      const list = child!.type === 'expression_list' ? child!.namedChildren : [child];
      return list.map((item) => convertExpression(item!));
    });
    return { kind: 'delete', targets, ...span(node) };
  },
  match_statement: convertMatch,
  print_statement: convertPrint,
  exec_statement: (node) => ({ kind: 'error', reason: 'exec is not evaluated', ...span(node) }),
  type_alias_statement: (node) => ({ kind: 'pass', ...span(node) }),
  line_continuation: () => undefined,
  block: (node) => convertBody(node),
  ERROR: convertError,
};

/** Python 2's `print x, y`: its arguments are evaluated, as those of the function are. */
function convertPrint(node: Node): Statement {
  const args = node.namedChildren
    .filter((child) => child && child.type !== 'chevron')
    .map((child): Argument => ({ star: 0, value: convertExpression(child!), ...span(child!) }));
  const callee: Expression = { kind: 'name', name: 'print', start: node.startIndex, end: node.startIndex + 5 };
  return { kind: 'expression', value: { kind: 'call', callee, args, ...span(node) }, ...span(node) };
}

/** What of a broken place is still a statement, after a note of the place itself. */
function convertError(node: Node): readonly Statement[] {
  const line = node.text.split('\n', 1)[0]!.trim().slice(0, 60);
  const found: Statement[] = [{ kind: 'error', reason: `the syntax is not Python's: ${line}`, ...span(node) }];
  for (const child of node.namedChildren) {
    if (!child || !(child.type in STATEMENTS) || child.type === 'ERROR') continue;
    const converted = convertStatement(child);
    if (Array.isArray(converted)) found.push(...converted);
    else if (converted) found.push(converted as Statement);
  }
  return found;
}

function field(node: Node, name: string): Expression {
  const child = node.childForFieldName(name);
  return child ? convertExpression(child) : errorExpression(node);
}

/** The statements of a `block` field, or of an `else_clause` that holds one. */
function block(node: Node, name: string): Statement[] {
  const child = node.childForFieldName(name);
  if (!child) return [];
  if (child.type === 'else_clause') return block(child, 'body');
  return convertBody(child);
}

function convertExpressionStatement(node: Node): Statement {
  const child = node.firstNamedChild;
  if (!child) return { kind: 'pass', ...span(node) };
  if (child.type === 'assignment') return convertAssignment(child);
  if (child.type === 'augmented_assignment') {
    const op = child.childForFieldName('operator')!.text.slice(0, -1) as BinaryOperator;
    return { kind: 'augmented', target: field(child, 'left'), op, value: field(child, 'right'), ...span(node) };
  }
  if (node.namedChildCount > 1) return { kind: 'expression', value: convertSubscriptList(node), ...span(node) };
  return { kind: 'expression', value: convertExpression(child), ...span(node) };
}

function convertAssignment(node: Node): Statement {
  const annotation = node.childForFieldName('type');
  if (annotation) {
    const value = node.childForFieldName('right');
    return {
      kind: 'annotated',
      target: field(node, 'left'),
      annotation: convertExpression(annotation),
      ...(value && { value: convertExpression(value) }),
      ...span(node),
    };
  }
  const targets: Expression[] = [];
  let at: Node = node;
  for (;;) {
    targets.push(field(at, 'left'));
    const right: Node | null = at.childForFieldName('right');
    if (right?.type !== 'assignment') {
      const value = right ? convertExpression(right) : errorExpression(at);
      return { kind: 'assign', targets, value, ...span(node) };
    }
    at = right;
  }
}

function convertIf(node: Node): Statement {
  const alternatives = node.childrenForFieldName('alternative').filter((child) => child !== null);
  let otherwise: Statement[] = [];
  for (const clause of alternatives.reverse()) {
    if (clause.type === 'else_clause') otherwise = block(clause, 'body');
    else {
      const then = block(clause, 'consequence');
      otherwise = [{ kind: 'if', test: field(clause, 'condition'), then, otherwise, ...span(clause) }];
    }
  }
  // biome-ignore lint/suspicious/noThenProperty: the tree's own name for the branch; nothing awaits a statement.
  return { kind: 'if', test: field(node, 'condition'), then: block(node, 'consequence'), otherwise, ...span(node) };
}

function convertFunction(node: Node, decorators: readonly Expression[]): Statement {
  const name = node.childForFieldName('name');
  const parameters = node.childForFieldName('parameters');
  const body = node.childForFieldName('body');
  return {
    kind: 'function',
    name: name?.text ?? '',
    nameStart: name?.startIndex ?? node.startIndex,
    parameters: parameters ? convertParameters(parameters) : [],
    body: body ? convertBody(body) : [],
    decorators,
    isGenerator: body !== null && mayYield && containsYield(body),
    ...span(node),
  };
}

function containsYield(body: Node): boolean {
  for (const found of body.descendantsOfType('yield')) {
    for (let at = found?.parent; at; at = at.parent) {
      if (at.id === body.id) return true;
      if (at.type === 'function_definition' || at.type === 'lambda') break;
    }
  }
  return false;
}

function convertClass(node: Node, decorators: readonly Expression[]): Statement {
  const name = node.childForFieldName('name');
  const bases = node.childForFieldName('superclasses');
  const converted = bases ? convertExpression({ node: bases, as: 'arguments' }) : undefined;
  return {
    kind: 'class',
    name: name?.text ?? '',
    nameStart: name?.startIndex ?? node.startIndex,
    bases: converted?.kind === 'call' ? converted.args : [],
    body: block(node, 'body'),
    decorators,
    ...span(node),
  };
}

function convertDecorated(node: Node): Statement | undefined {
  const decorators = node.namedChildren
    .filter((child) => child?.type === 'decorator')
    .map((child) => (child!.firstNamedChild ? convertExpression(child!.firstNamedChild) : errorExpression(child!)));
  const definition = node.childForFieldName('definition');
  if (definition?.type === 'class_definition') return convertClass(definition, decorators);
  return definition ? convertFunction(definition, decorators) : undefined;
}

function importedNames(node: Node): ImportedName[] {
  return node.childrenForFieldName('name').map((child) => {
    if (child!.type !== 'aliased_import') return { name: compact(child!.text) };
    const name = compact(child!.childForFieldName('name')?.text ?? '');
    return { name, alias: child!.childForFieldName('alias')?.text ?? name };
  });
}

const compact = (dotted: string): string => dotted.replace(/[\s\\]+/g, '');

function convertFromImport(node: Node): Statement {
  const source = compact(node.childForFieldName('module_name')?.text ?? '');
  const level = /^\.*/.exec(source)![0].length;
  return {
    kind: 'from-import',
    module: source.slice(level),
    level,
    names: importedNames(node),
    star: node.namedChildren.some((child) => child?.type === 'wildcard_import'),
    ...span(node),
  };
}

function convertWith(node: Node): Statement {
  const clause = node.namedChildren.find((child) => child?.type === 'with_clause');
  const items = (clause?.namedChildren ?? [])
    .filter((child) => child?.type === 'with_item')
    .map((item) => {
      const value = item!.childForFieldName('value')!;
      if (value.type !== 'as_pattern') return { value: convertExpression(value) };
      const target = value.childForFieldName('alias')?.firstNamedChild;
      return { value: convertExpression(value.firstNamedChild!), ...(target && { target: convertExpression(target) }) };
    });
  return { kind: 'with', items, body: block(node, 'body'), ...span(node) };
}

function convertTry(node: Node): Statement {
  const handlers: ExceptHandler[] = [];
  let otherwise: Statement[] = [];
  let final: Statement[] = [];
  for (const child of node.namedChildren) {
    if (child?.type === 'except_clause') handlers.push(convertHandler(child));
    else if (child?.type === 'else_clause') otherwise = block(child, 'body');
    else if (child?.type === 'finally_clause') final = convertBody(child.namedChildren.at(-1)!);
  }
  return { kind: 'try', body: block(node, 'body'), handlers, otherwise, finally: final, ...span(node) };
}

function convertHandler(node: Node): ExceptHandler {
  const children = node.namedChildren.filter((child) => child && child.type !== 'comment') as Node[];
  const body = children.find((child) => child.type === 'block');
  const [first, second] = children.filter((child) => child.type !== 'block');
  const pattern = first?.type === 'as_pattern' ? first : undefined;
  const type = pattern ? pattern.firstNamedChild : first;
  const name = pattern ? pattern.childForFieldName('alias')?.text : second?.text;
  return {
    ...(type && { type: convertExpression(type) }),
    ...(name && { name }),
    body: body ? convertBody(body) : [],
    ...span(node),
  };
}

function convertMatch(node: Node): Statement {
  const body = node.childForFieldName('body');
  const cases = (body?.namedChildren ?? [])
    .filter((child) => child?.type === 'case_clause')
    .map((clause): MatchCase => {
      const patterns = clause!.namedChildren.filter((child) => child?.type === 'case_pattern') as Node[];
      const guard = clause!.childForFieldName('guard')?.firstNamedChild;
      return {
        pattern:
          patterns.length === 1
            ? convertPattern(patterns[0]!)
            : { kind: 'sequence', items: patterns.map((pattern) => convertPattern(pattern)) },
        ...(guard && { guard: convertExpression(guard) }),
        body: block(clause!, 'consequence'),
      };
    });
  return { kind: 'match', subject: field(node, 'subject'), cases, ...span(node) };
}
