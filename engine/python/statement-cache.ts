// Statements that were converted before, so that an edit converts anew only what it changed: the statement it lies in and those
// around it. A statement's tree depends on its own text alone; only its place in the file may differ.
import type { Node } from 'web-tree-sitter';
import type { Statement } from './syntax.ts';

type Converted = Statement | readonly Statement[] | undefined;

export interface StatementCache {
  /** What `convert` gives for the node, from memory where its text was seen in this version or the one before. */
  convert(node: Node, convert: (node: Node) => Converted): Converted;
}

interface Entry {
  readonly start: number;
  readonly converted: Converted;
}

/** Forgets what two versions in a row did not use. */
export function createStatementCache(): { next(text: string): StatementCache } {
  let before = new Map<string, Entry>();
  let now = new Map<string, Entry>();
  return {
    next(text) {
      before = now;
      now = new Map();
      return {
        convert(node, convert) {
          if (node.hasError) return convert(node);
          const start = node.startIndex;
          const key = `${node.type} ${text.slice(start, node.endIndex)}`;
          const known = now.get(key) ?? before.get(key);
          // Two equal statements of one file are two values: each has its own place.
          const converted = known ? movedBy(known.converted, start - known.start) : convert(node);
          now.set(key, { start, converted });
          return converted;
        },
      };
    },
  };
}

/** The same tree at another place: every offset in it is moved. */
function movedBy<T>(value: T, distance: number): T {
  if (distance === 0 || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => movedBy(item, distance)) as T;
  const moved = { ...value } as Record<string, unknown>;
  for (const key in moved) {
    const inner = moved[key];
    if (typeof inner === 'object') moved[key] = movedBy(inner, distance);
    else if (key === 'start' || key === 'end' || key === 'nameStart') moved[key] = (inner as number) + distance;
  }
  return moved as T;
}
