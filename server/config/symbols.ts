// Outline of the config: its keys as a tree.
import { type DocumentSymbol, SymbolKind } from 'vscode-languageserver';
import { isMap, isScalar, isSeq, type Node } from 'yaml';
import type { ConfigSnapshot } from './config-snapshot.ts';

export function symbolsOfConfig({ document, yaml }: ConfigSnapshot): DocumentSymbol[] {
  const children = (node: Node | null): DocumentSymbol[] => {
    if (isMap(node)) {
      return node.items.flatMap((pair) => {
        const key = isScalar(pair.key) ? pair.key : undefined;
        return key?.range ? [symbol(String(key.value), key.range, pair.value as Node | null)] : [];
      });
    }
    if (!isSeq(node)) return [];
    return node.items.flatMap((item, index) => {
      const range = (item as Node).range;
      return isMap(item) && range ? [symbol(String(item.get('match') ?? index), range, item)] : [];
    });
  };
  const symbol = (name: string, key: readonly number[], value: Node | null): DocumentSymbol => {
    const end = Math.max(key[1], value?.range?.[1] ?? 0);
    return {
      name: name || '(empty)',
      detail: isScalar(value) && value.value !== null ? String(value.value) : undefined,
      kind: isScalar(value) ? SymbolKind.Property : SymbolKind.Namespace,
      range: { start: document.positionAt(key[0]), end: document.positionAt(end) },
      selectionRange: { start: document.positionAt(key[0]), end: document.positionAt(key[1]) },
      children: children(value),
    };
  };
  return children(yaml.contents);
}
