// Patterns of `match`: the ones that configuration code uses; the others are marked.

import type { Node } from 'web-tree-sitter';
import { convertExpression } from './convert-expressions.ts';
import type { Pattern } from './syntax.ts';

export function convertPattern(node: Node): Pattern {
  if (node.type === 'case_pattern') {
    const inner = node.firstNamedChild;
    return inner ? convertPattern(inner) : { kind: 'wildcard' };
  }
  const children = node.namedChildren.filter((child) => child !== null);
  switch (node.type) {
    case 'union_pattern':
      return { kind: 'or', options: children.map(convertPattern) };
    case 'list_pattern':
    case 'tuple_pattern':
      return { kind: 'sequence', items: children.map(convertPattern) };
    case 'dotted_name':
      if (node.text === '_') return { kind: 'wildcard' };
      if (!node.text.includes('.')) return { kind: 'capture', name: node.text };
      return { kind: 'value', value: convertExpression(node) };
    case 'identifier':
      return node.text === '_' ? { kind: 'wildcard' } : { kind: 'capture', name: node.text };
    case 'string':
    case 'concatenated_string':
    case 'integer':
    case 'float':
    case 'true':
    case 'false':
    case 'none':
    case 'unary_operator':
      return { kind: 'value', value: convertExpression(node) };
    default:
      return { kind: 'unsupported' };
  }
}
