// Outline of a text: its models, and in each its layers in the order in which the text makes them.
import { type DocumentSymbol, type Range, SymbolKind } from 'vscode-languageserver';
import { type Shown, shown } from './last-good.ts';
import { shapeText } from './layer-words.ts';
import type { AnalyzedModel, ModelSnapshot } from './model-snapshot.ts';

export function symbolsOfModels(snapshot: ModelSnapshot, uri: string): DocumentSymbol[] {
  const { source } = snapshot;
  const { models, move } = shown(snapshot);
  return models.flatMap((analyzed) => {
    const children = layerSymbols(analyzed, source, move, uri);
    const made = analyzed.model.origin?.at;
    const at = made && move(made);
    const own = at && at.file === source.path ? source.place(at) : undefined;
    const selectionRange = own?.uri === uri ? own.range : children[0]?.range;
    if (!selectionRange) return [];
    return [
      {
        name: analyzed.model.variable ?? analyzed.model.name,
        detail: analyzed.model.class,
        kind: SymbolKind.Class,
        range: [selectionRange, ...children.map(({ range }) => range)].reduce(union),
        selectionRange,
        children,
      },
    ];
  });
}

function layerSymbols(
  { layers }: AnalyzedModel,
  source: ModelSnapshot['source'],
  move: Shown['move'],
  uri: string,
): DocumentSymbol[] {
  return layers.flatMap(({ path, layer, at }) => {
    const now = move(at);
    const place = now && source.place(now);
    if (place?.uri !== uri) return [];
    const shape = shapeText(layer);
    return [
      {
        name: path,
        detail: shape === undefined ? layer.class : `${layer.class} → ${shape}`,
        kind: layer.model ? SymbolKind.Class : SymbolKind.Function,
        range: place.range,
        selectionRange: place.range,
      },
    ];
  });
}

function union(a: Range, b: Range): Range {
  const startsFirst =
    a.start.line < b.start.line || (a.start.line === b.start.line && a.start.character < b.start.character);
  const endsLast = a.end.line > b.end.line || (a.end.line === b.end.line && a.end.character > b.end.character);
  return { start: startsFirst ? a.start : b.start, end: endsLast ? a.end : b.end };
}
