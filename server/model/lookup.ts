// Layers by place in the text, and by name.
import type { Position } from 'vscode-languageserver';
import type { SourceLocation } from '../../engine/keras/model.ts';
import type { AnalyzedModel, LayerPlace, ModelSnapshot } from './model-snapshot.ts';

export interface Found {
  readonly analyzed: AnalyzedModel;
  readonly place: LayerPlace;
}

/** Every layer that the innermost call at a position makes: several where the call is in a loop or a function. */
export function layersAt({ source, models }: ModelSnapshot, uri: string, position: Position): Found[] {
  const { line, column } = source.at(uri, position);
  const all = models.flatMap((analyzed) =>
    analyzed.layers.filter(({ at }) => contains(at, line, column)).map((place) => ({ analyzed, place })),
  );
  const smallest = Math.min(...all.map(({ place }) => size(place.at)));
  return all.filter(({ place }) => size(place.at) === smallest);
}

export function contains(at: SourceLocation, line: number, column: number): boolean {
  const afterStart = line > at.line || (line === at.line && column >= at.column);
  const beforeEnd = line < at.endLine || (line === at.endLine && column <= at.endColumn);
  return afterStart && beforeEnd;
}

/** Longer spans of text are larger; lines count more than columns. */
const size = ({ line, column, endLine, endColumn }: SourceLocation): number =>
  (endLine - line) * 10_000 + endColumn - column;

/** Layers that one call makes, in the order of the text: one group a call. */
export function byCall(analyzed: AnalyzedModel): LayerPlace[][] {
  const groups = new Map<string, LayerPlace[]>();
  for (const place of analyzed.layers) {
    const { line, column, endLine, endColumn } = place.at;
    const key = `${line}:${column}:${endLine}:${endColumn}`;
    const group = groups.get(key);
    if (group) group.push(place);
    else groups.set(key, [place]);
  }
  return [...groups.values()];
}
