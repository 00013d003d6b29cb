// From tree-sitter's concrete tree to the syntax tree: expressions.

import type { Node } from 'web-tree-sitter';
import { readNumber, readPrefix, unescapeString } from './literals.ts';
import type {
  Argument,
  BinaryOperator,
  CompareOperator,
  ComprehensionClause,
  DictEntry,
  Expression,
  FormatField,
  FormatPart,
  Parameter,
  Span,
} from './syntax.ts';

/** A node, or the argument list of a class statement, which stands without its callee. */
export type ExpressionSource = Node | { readonly node: Node; readonly as: 'arguments' };

type ExpressionConverter = (node: Node) => Expression;

const span = (node: Node): Span => ({ start: node.startIndex, end: node.endIndex });

export function errorExpression(node: Node, reason = 'the syntax is incomplete here'): Expression {
  return { kind: 'error', reason, ...span(node) };
}

export function convertExpression(source: ExpressionSource): Expression {
  if ('as' in source) {
    const callee: Expression = { kind: 'constant', value: 'None', ...span(source.node) };
    return { kind: 'call', callee, args: convertArguments(source.node), ...span(source.node) };
  }
  const convert = EXPRESSIONS[source.type];
  if (convert) return convert(source);
  return errorExpression(source, source.isError ? "the syntax is not Python's" : `${source.type} is not evaluated`);
}

const inner: ExpressionConverter = (node) => {
  const child = firstMeaningful(node);
  return child ? convertExpression(child) : errorExpression(node);
};

const EXPRESSIONS: { readonly [type: string]: ExpressionConverter } = {
  identifier: (node) => (node.isMissing ? errorExpression(node) : { kind: 'name', name: node.text, ...span(node) }),
  keyword_identifier: (node) => ({ kind: 'name', name: node.text, ...span(node) }),
  integer: convertNumber,
  float: convertNumber,
  string: convertString,
  concatenated_string: convertConcatenated,
  true: (node) => ({ kind: 'constant', value: 'True', ...span(node) }),
  false: (node) => ({ kind: 'constant', value: 'False', ...span(node) }),
  none: (node) => ({ kind: 'constant', value: 'None', ...span(node) }),
  ellipsis: (node) => ({ kind: 'constant', value: '...', ...span(node) }),
  parenthesized_expression: inner,
  type: inner,
  format_expression: inner,
  tuple: literal('tuple'),
  expression_list: (node) => ({ kind: 'tuple', items: convertAll(node), ...span(node) }),
  pattern_list: (node) => ({ kind: 'tuple', items: convertAll(node), ...span(node) }),
  tuple_pattern: (node) => ({ kind: 'tuple', items: convertAll(node), ...span(node) }),
  list: literal('list'),
  list_pattern: (node) => ({ kind: 'list', items: convertAll(node), ...span(node) }),
  set: literal('set'),
  dictionary: convertDict,
  binary_operator: (node) => ({
    kind: 'binary',
    op: node.childForFieldName('operator')!.type as BinaryOperator,
    left: field(node, 'left'),
    right: field(node, 'right'),
    ...span(node),
  }),
  boolean_operator: (node) => ({
    kind: 'boolean',
    op: node.childForFieldName('operator')!.type as 'and' | 'or',
    left: field(node, 'left'),
    right: field(node, 'right'),
    ...span(node),
  }),
  comparison_operator: convertComparison,
  not_operator: (node) => ({ kind: 'unary', op: 'not', operand: field(node, 'argument'), ...span(node) }),
  unary_operator: (node) => ({
    kind: 'unary',
    op: node.childForFieldName('operator')!.type as '-' | '+' | '~',
    operand: field(node, 'argument'),
    ...span(node),
  }),
  conditional_expression: (node) => {
    const [then, test, otherwise] = meaningful(node).map((child) => convertExpression(child));
    if (!then || !test || !otherwise) return errorExpression(node);
    return { kind: 'conditional', test, then, otherwise, ...span(node) };
  },
  lambda: (node) => {
    const parameters = node.childForFieldName('parameters');
    return {
      kind: 'lambda',
      parameters: parameters ? convertParameters(parameters) : [],
      body: field(node, 'body'),
      ...span(node),
    };
  },
  call: convertCall,
  attribute: (node) => {
    const name = node.childForFieldName('attribute');
    return {
      kind: 'attribute',
      object: field(node, 'object'),
      name: name?.text ?? '',
      nameStart: name?.startIndex ?? node.endIndex,
      ...span(node),
    };
  },
  dotted_name: convertDotted,
  subscript: convertSubscript,
  slice: convertSlice,
  list_splat: (node) => ({ kind: 'starred', value: inner(node), ...span(node) }),
  list_splat_pattern: (node) => ({ kind: 'starred', value: inner(node), ...span(node) }),
  parenthesized_list_splat: inner,
  list_comprehension: (node) => convertComprehension(node, 'list'),
  set_comprehension: (node) => convertComprehension(node, 'set'),
  dictionary_comprehension: (node) => convertComprehension(node, 'dict'),
  generator_expression: (node) => convertComprehension(node, 'generator'),
  await: (node) => ({ kind: 'await', value: inner(node), ...span(node) }),
  yield: convertYield,
  named_expression: (node) => ({
    kind: 'walrus',
    name: node.childForFieldName('name')?.text ?? '',
    value: field(node, 'value'),
    ...span(node),
  }),
  as_pattern: inner,
  as_pattern_target: inner,
  assignment: (node) => errorExpression(node, 'an assignment is not an expression'),
};

/** Longer literals are data, which no model is made of. Items. */
const LONGEST_LITERAL = 50_000;

const tooLong = (node: Node): boolean => node.namedChildCount > LONGEST_LITERAL;

const dataError = (node: Node): Expression =>
  errorExpression(node, `a literal of more than ${LONGEST_LITERAL} items is not evaluated`);

function literal(kind: 'tuple' | 'list' | 'set'): ExpressionConverter {
  return (node) => (tooLong(node) ? dataError(node) : { kind, items: convertAll(node), ...span(node) });
}

function firstMeaningful(node: Node): Node | undefined {
  return node.namedChildren.find((child) => child && child.type !== 'comment' && !child.isError) ?? undefined;
}

function meaningful(node: Node): Node[] {
  const found: Node[] = [];
  for (const child of node.namedChildren) {
    if (child && child.type !== 'comment' && child.type !== 'line_continuation' && !child.isError) found.push(child);
  }
  return found;
}

function convertAll(node: Node): Expression[] {
  return meaningful(node).map((child) => convertExpression(child));
}

/** An unparenthesized tuple of an expression statement. */
export function convertSubscriptList(node: Node): Expression {
  return { kind: 'tuple', items: convertAll(node), ...span(node) };
}

function field(node: Node, name: string): Expression {
  const child = node.childForFieldName(name);
  return child ? convertExpression(child) : errorExpression(node);
}

function convertNumber(node: Node): Expression {
  const { value, isFloat } = readNumber(node.text);
  if (Number.isNaN(value)) return errorExpression(node, 'complex numbers are not evaluated');
  return { kind: 'number', value, isFloat, ...span(node) };
}

function convertString(node: Node): Expression {
  const children = node.children.filter((child) => child !== null);
  const opening = children[0]?.text ?? '';
  const prefix = readPrefix(opening);
  if (!prefix.format) {
    const raw = children
      .filter((child) => child.type === 'string_content')
      .map((child) => child.text)
      .join('');
    const value = prefix.raw ? raw : unescapeString(raw);
    return { kind: prefix.bytes ? 'bytes' : 'string', value: value.replaceAll('\r\n', '\n'), ...span(node) };
  }
  return { kind: 'format', parts: convertFormatParts(children, prefix.raw), ...span(node) };
}

function convertFormatParts(children: readonly Node[], raw: boolean): FormatPart[] {
  const parts: FormatPart[] = [];
  for (const child of children) {
    if (child.type === 'string_content' || child.type === 'format_specifier') {
      const text = child.text.replaceAll('{{', '{').replaceAll('}}', '}');
      parts.push(raw ? text : unescapeString(text));
    } else if (child.type === 'interpolation' || child.type === 'format_expression')
      parts.push(convertField(child, raw));
  }
  return parts;
}

function convertField(node: Node, raw: boolean): FormatField {
  const expression = node.childForFieldName('expression');
  const conversion = node.childForFieldName('type_conversion');
  const specifier = node.childForFieldName('format_specifier');
  const selfDocumenting = expression && node.children.some((child) => child?.type === '=');
  return {
    value: expression ? convertExpression(expression) : errorExpression(node),
    ...(conversion && { conversion: conversion.text.slice(1) }),
    ...(specifier && { format: convertSpecifier(specifier, raw) }),
    ...(selfDocumenting && { label: `${expression.text}=` }),
  };
}

/** `:` and then text in which fields may stand. */
function convertSpecifier(node: Node, raw: boolean): FormatPart[] {
  const text = node.text;
  const parts: FormatPart[] = [];
  let at = 1;
  for (const child of node.namedChildren) {
    if (child?.type !== 'format_expression' && child?.type !== 'interpolation') continue;
    const start = child.startIndex - node.startIndex;
    if (start > at) parts.push(text.slice(at, start));
    parts.push(convertField(child, raw));
    at = child.endIndex - node.startIndex;
  }
  if (at < text.length) parts.push(text.slice(at));
  return parts;
}

function convertConcatenated(node: Node): Expression {
  const items = convertAll(node);
  if (items.every((item) => item.kind === 'string' || item.kind === 'bytes')) {
    const value = items.map((item) => item.value).join('');
    return { kind: items[0]!.kind as 'string', value, ...span(node) };
  }
  const parts: FormatPart[] = [];
  for (const item of items) {
    if (item.kind === 'format') parts.push(...item.parts);
    else if (item.kind === 'string') parts.push(item.value);
  }
  return { kind: 'format', parts, ...span(node) };
}

function convertDict(node: Node): Expression {
  if (tooLong(node)) return dataError(node);
  const entries: DictEntry[] = [];
  for (const child of meaningful(node)) {
    if (child.type === 'pair') entries.push({ key: field(child, 'key'), value: field(child, 'value') });
    else if (child.type === 'dictionary_splat') entries.push({ value: inner(child) });
  }
  return { kind: 'dict', entries, ...span(node) };
}

function convertComparison(node: Node): Expression {
  const operators: CompareOperator[] = [];
  const operands: Expression[] = [];
  let pending = '';
  for (const child of node.children) {
    if (!child || child.type === 'comment' || child.type === 'line_continuation') continue;
    if (child.isNamed) {
      if (pending) operators.push(pending as CompareOperator);
      pending = '';
      operands.push(convertExpression(child));
    } else {
      const text = child.type === '<>' ? '!=' : child.type;
      pending = pending ? `${pending} ${text}` : text;
    }
  }
  const [left, ...others] = operands;
  if (!left || others.length === 0 || others.length !== operators.length) return errorExpression(node);
  return { kind: 'compare', left, rest: others.map((right, i) => ({ op: operators[i]!, right })), ...span(node) };
}

function convertCall(node: Node): Expression {
  const list = node.childForFieldName('arguments');
  let args: Argument[] = [];
  if (list?.type === 'generator_expression') args = [{ star: 0, value: convertExpression(list), ...span(list) }];
  else if (list) args = convertArguments(list);
  return { kind: 'call', callee: field(node, 'function'), args, ...span(node) };
}

function convertArguments(list: Node): Argument[] {
  return meaningful(list).map((child): Argument => {
    switch (child.type) {
      case 'keyword_argument':
        return {
          name: child.childForFieldName('name')?.text ?? '',
          star: 0,
          value: field(child, 'value'),
          ...span(child),
        };
      case 'list_splat':
        return { star: 1, value: inner(child), ...span(child) };
      case 'dictionary_splat':
        return { star: 2, value: inner(child), ...span(child) };
      default:
        return { star: 0, value: convertExpression(child), ...span(child) };
    }
  });
}

function convertDotted(node: Node): Expression {
  const [first, ...rest] = node.text.split('.');
  let value: Expression = { kind: 'name', name: first!.trim(), ...span(node) };
  for (const part of rest) {
    value = { kind: 'attribute', object: value, name: part.trim(), nameStart: node.startIndex, ...span(node) };
  }
  return value;
}

function convertSubscript(node: Node): Expression {
  const indices = node.childrenForFieldName('subscript').filter((child) => child !== null);
  const trailingComma = node.children.at(-2)?.type === ',';
  const items = indices.map((child) => convertExpression(child));
  const index: Expression =
    items.length === 1 && !trailingComma
      ? items[0]!
      : { kind: 'tuple', items, start: indices[0]?.startIndex ?? node.startIndex, end: node.endIndex - 1 };
  return { kind: 'subscript', object: field(node, 'value'), index, ...span(node) };
}

function convertSlice(node: Node): Expression {
  const bounds: (Expression | undefined)[] = [undefined, undefined, undefined];
  let at = 0;
  for (const child of node.children) {
    if (!child || child.type === 'comment') continue;
    if (child.type === ':') at++;
    else bounds[at] = convertExpression(child);
  }
  const [lower, upper, step] = bounds;
  return { kind: 'slice', ...(lower && { lower }), ...(upper && { upper }), ...(step && { step }), ...span(node) };
}

function convertComprehension(node: Node, result: 'list' | 'set' | 'dict' | 'generator'): Expression {
  const clauses: { target: Expression; iterable: Expression; conditions: Expression[] }[] = [];
  for (const child of node.namedChildren) {
    if (child?.type === 'for_in_clause') {
      const right = child.childrenForFieldName('right').filter((part) => part?.isNamed) as Node[];
      const iterable: Expression =
        right.length === 1
          ? convertExpression(right[0]!)
          : { kind: 'tuple', items: right.map((part) => convertExpression(part)), ...span(child) };
      clauses.push({ target: field(child, 'left'), iterable, conditions: [] });
    } else if (child?.type === 'if_clause') clauses.at(-1)?.conditions.push(inner(child));
  }
  const body = node.childForFieldName('body');
  const base = { kind: 'comprehension' as const, result, clauses: clauses as ComprehensionClause[], ...span(node) };
  if (body?.type === 'pair') return { ...base, key: field(body, 'key'), value: field(body, 'value') };
  return { ...base, value: body ? convertExpression(body) : errorExpression(node) };
}

function convertYield(node: Node): Expression {
  const child = firstMeaningful(node);
  const from = node.children.some((each) => each?.type === 'from');
  return { kind: 'yield', from, ...(child && { value: convertExpression(child) }), ...span(node) };
}

export function convertParameters(node: Node): Parameter[] {
  const parameters: Parameter[] = [];
  let kind: Parameter['kind'] = 'positional';
  for (const child of node.namedChildren) {
    if (!child || child.type === 'comment') continue;
    if (child.type === 'positional_separator') {
      for (let i = 0; i < parameters.length; i++) parameters[i] = { ...parameters[i]!, kind: 'positional-only' };
    } else if (child.type === 'keyword_separator') kind = 'keyword-only';
    else {
      const parameter = convertParameter(child, kind);
      if (parameter.kind === 'args') kind = 'keyword-only';
      parameters.push(parameter);
    }
  }
  return parameters;
}

function convertParameter(node: Node, kind: Parameter['kind']): Parameter {
  const annotationNode = node.childForFieldName('type');
  const annotation = annotationNode ? { annotation: convertExpression(annotationNode) } : {};
  const at = span(node);
  switch (node.type) {
    case 'default_parameter':
    case 'typed_default_parameter':
      return {
        name: node.childForFieldName('name')?.text ?? '',
        kind,
        default: field(node, 'value'),
        ...annotation,
        ...at,
      };
    case 'typed_parameter':
      return { ...convertParameter(node.firstNamedChild ?? node, kind), ...annotation, ...at };
    case 'list_splat_pattern':
      return { name: node.firstNamedChild?.text ?? '', kind: 'args', ...at };
    case 'dictionary_splat_pattern':
      return { name: node.firstNamedChild?.text ?? '', kind: 'kwargs', ...at };
    default:
      return { name: node.text, kind, ...at };
  }
}
