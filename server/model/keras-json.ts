// Keras JSON in the editor: the model that it describes, each layer placed at its own object in the text.
import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { InputError } from '../../engine/errors.ts';
import { openKerasJson } from '../../engine/importers/keras-json.ts';
import type { KerasLayer, KerasModel, Stop } from '../../engine/keras/model.ts';

export interface ModelsOfText {
  readonly models: readonly KerasModel[];
  readonly stopped: readonly Stop[];
  readonly isBroken: boolean;
}

const NOTHING: ModelsOfText = { models: [], stopped: [], isBroken: false };

export function modelsOfJson(text: string, path: string): ModelsOfText {
  try {
    const opened = openKerasJson(new TextEncoder().encode(text), path);
    return { models: [placed(opened.model, text, path)], stopped: opened.model.stopped, isBroken: false };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    // A text that is not JSON at the moment: the JSON language says so itself.
    const isBroken = /not valid JSON/.test(error.message);
    return isBroken ? { ...NOTHING, isBroken } : { ...NOTHING, stopped: [{ line: 1, reason: error.message }] };
  }
}

/** The model with each layer's origin: the object in the text whose `config.name` is the layer's. */
function placed(model: KerasModel, text: string, file: string): KerasModel {
  const lines = new LineCounter();
  const json = parseDocument(text, { lineCounter: lines, logLevel: 'silent' });
  const at = new Map<string, readonly [number, number]>();
  const visit = (node: Node | null): void => {
    if (isSeq(node)) for (const item of node.items) visit(item as Node);
    if (!isMap(node)) return;
    const name = node.getIn(['config', 'name']);
    const key = node.items.find((pair) => isScalar(pair.key) && pair.key.value === 'class_name');
    const range = (key?.value as Node | undefined)?.range;
    if (typeof name === 'string' && range && !at.has(name)) at.set(name, [range[0], range[1]]);
    for (const pair of node.items) visit(pair.value as Node | null);
  };
  visit(json.contents);
  const origin = (name: string) => {
    const span = at.get(name);
    if (!span) return undefined;
    const [start, end] = span.map((offset) => lines.linePos(offset));
    return {
      at: { file, line: start.line, column: start.col, endLine: end.line, endColumn: end.col },
      callStack: [],
    };
  };
  const withOrigin = (layer: KerasLayer): KerasLayer => ({
    ...layer,
    origin: origin(layer.name),
    ...(layer.model ? { model: nested(layer.model) } : {}),
  });
  const nested = (inner: KerasModel): KerasModel => ({
    ...inner,
    origin: origin(inner.name),
    layers: inner.layers.map(withOrigin),
  });
  return nested(model);
}
