// Adds a layer to those that a config keeps in float, as text: comments and layout stay as they are.

import { isMap, isSeq, LineCounter, type Node, parseDocument } from 'yaml';

export interface Insertion {
  /** From 1. */
  readonly line: number;
  readonly column: number;
  readonly text: string;
}

/** Null where the config is written in a way that no line can be added to. */
export function skipLayer(layer: string, text: string): Insertion | null {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, logLevel: 'silent' });
  if (document.errors.length > 0 || !isMap(document.contents)) return null;
  const entry = (indent: string): string => `${indent}- match: ${JSON.stringify(layer)}\n${indent}  skip: true\n`;
  const insert = (at: number, added: string): Insertion => {
    const { line, col } = lines.linePos(at);
    const needsBreak = at > 0 && text[at - 1] !== '\n';
    return { line: Math.max(line, 1), column: Math.max(col, 1), text: (needsBreak ? '\n' : '') + added };
  };
  const overrides = document.getIn(['quantization', 'overrides'], true);
  const quantization = document.get('quantization', true) as Node | undefined;
  if (isSeq(overrides)) {
    const first = overrides.items[0] as Node | undefined;
    if (overrides.flow || first?.range == null) return null;
    // The dash stands two columns before what it lists.
    const indent = ' '.repeat(Math.max(lines.linePos(first.range[0]).col - 3, 0));
    return insert(endOf(overrides, text), entry(indent));
  }
  if (isMap(quantization) && !quantization.flow && quantization.range) {
    const indent = ' '.repeat(lines.linePos(quantization.range[0]).col - 1);
    return insert(endOf(quantization, text), `${indent}overrides:\n${entry(`${indent}  `)}`);
  }
  if (quantization !== undefined || (document.contents as { flow?: boolean }).flow) return null;
  return insert(text.length, `quantization:\n  overrides:\n${entry('    ')}`);
}

/** Behind the last line of a block that says something: what follows it may be a comment on the next key. */
function endOf(node: Node, text: string): number {
  const end = node.range?.[1] ?? text.length;
  const newline = text.indexOf('\n', Math.max(end - 1, 0));
  return newline < 0 ? text.length : newline + 1;
}
