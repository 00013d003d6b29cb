// A layer's name where it is written: in its call in the source, and in the overrides of the configs that name the model.
import type { Location, Position, Range } from 'vscode-languageserver';
import { type ConfigSnapshot, placeAt, places } from '../config/config-snapshot.ts';
import { rangeIn } from '../config/links.ts';
import { layersByPath } from './layer-paths.ts';
import { layersAt } from './lookup.ts';
import type { AnalyzedModel, LayerPlace, ModelSnapshot } from './model-snapshot.ts';

export interface NameAt {
  readonly name: string;
  readonly range: Range;
}

/** The name that an override of the config gives exactly, without wildcards. */
export function nameInConfig(snapshot: ConfigSnapshot, position: Position): NameAt | undefined {
  const place = placeAt(snapshot, snapshot.document.offsetAt(position));
  if (place?.part !== 'value' || !isLayerName(place.path) || /[*?[{]/.test(place.text)) return undefined;
  return { name: place.text, range: insideQuotes(snapshot, rangeIn(snapshot, place)) };
}

const isLayerName = (path: readonly (string | number)[]): boolean =>
  path[0] === 'quantization' &&
  path[1] === 'overrides' &&
  path[3] === 'match' &&
  (path.length === 4 || (path.length === 5 && path[4] === 'name'));

/** The name of the layer that a call in the source makes, where it is written as a string in the call. */
export function nameInSource(snapshot: ModelSnapshot, uri: string, position: Position): NameAt | undefined {
  for (const { place } of layersAt(snapshot, uri, position)) {
    const range = literalOf(snapshot, place);
    if (range && contains(range.range, position)) return { name: place.layer.name, range: range.range };
  }
  return undefined;
}

const contains = ({ start, end }: Range, { line, character }: Position): boolean =>
  line === start.line && line === end.line && character >= start.character && character <= end.character;

/** `name="stem"` within a call: where the name itself stands. */
function literalOf({ source }: ModelSnapshot, { at, layer }: LayerPlace): { uri: string; range: Range } | undefined {
  const lines = source.text.split('\n').slice(at.line - 1, at.endLine);
  for (const [row, line] of lines.entries()) {
    const pattern = /\bname\s*=\s*(['"])([^'"\\]+)\1/g;
    for (const match of line.matchAll(pattern)) {
      if (match[2] !== layer.name) continue;
      const column = match.index + match[0].length - match[2].length;
      const isBefore = row === 0 && column < at.column;
      if (isBefore) continue;
      const where = {
        file: at.file,
        line: at.line + row,
        column,
        endLine: at.line + row,
        endColumn: column + match[2].length,
      };
      return source.place(where);
    }
  }
  return undefined;
}

/** Every place where a layer's name is written: in the source of the model, then in the configs that name it. */
export function writtenNames(
  name: string,
  models: readonly { snapshot: ModelSnapshot; analyzed: AnalyzedModel }[],
  configs: readonly ConfigSnapshot[],
): Location[] {
  const inSource = models.flatMap(({ snapshot, analyzed }) =>
    analyzed.layers
      .filter(({ layer, path }) => layer.name === name || path === name)
      .flatMap((place) => literalOf(snapshot, place) ?? []),
  );
  const inConfigs = configs.flatMap((config) =>
    [...places(config.yaml)]
      .filter((place) => place.part === 'value' && isLayerName(place.path) && place.text === name)
      .map((place) => ({ uri: config.document.uri, range: insideQuotes(config, rangeIn(config, place)) })),
  );
  return [...new Map([...inSource, ...inConfigs].map((each) => [JSON.stringify(each), each])).values()];
}

/** Where the call of a layer stands, for "go to definition" in the config. */
export function sourceOfLayer(name: string, snapshot: ModelSnapshot): Location | undefined {
  for (const { model, layers } of snapshot.models) {
    const path = layersByPath(model).has(name) ? name : undefined;
    const place = layers.find((each) => each.path === path || each.layer.name === name);
    if (place) return snapshot.source.place(place.at);
  }
  return undefined;
}

function insideQuotes({ document }: ConfigSnapshot, range: Range): Range {
  const text = document.getText(range);
  if (!/^(['"]).*\1$/s.test(text)) return range;
  const { start, end } = range;
  return {
    start: { line: start.line, character: start.character + 1 },
    end: { line: end.line, character: end.character - 1 },
  };
}
