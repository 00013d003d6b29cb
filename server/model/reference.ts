// How a config names a model of Python: the variable that holds it, or the function that builds it.
import type { KerasModel, SourceLocation } from '../../engine/keras/model.ts';
import type { SourceModel } from '../../protocol/language-server.ts';
import type { ModelSnapshot } from './model-snapshot.ts';
import type { SourceText } from './source-text.ts';
import { symbolsOfModels } from './symbols.ts';

type Text = Pick<SourceText, 'text' | 'path'>;

/** Undefined where neither is known: the file alone then names the model. */
export const referenceOf = (model: KerasModel, { source }: Pick<ModelSnapshot, 'source'>): string | undefined =>
  model.variable ?? buildersOf(model, source)[0];

/** The functions of the text that build the model, the outermost first. */
export function buildersOf({ origin }: KerasModel, { text, path }: Text): readonly string[] {
  if (!origin) return [];
  const lines = text.split('\n');
  const builder = ({ file, line }: SourceLocation): string | undefined =>
    file === path ? functionAround(lines, line) : undefined;
  return [...origin.callStack, origin.at].flatMap((place) => builder(place) ?? []);
}

/** A config names a model by its variable, by a function that builds it, or not at all. */
export function isMeant(symbol: string | undefined, model: KerasModel, source: Text): boolean {
  if (symbol === undefined || symbol === model.variable || symbol === model.name) return true;
  return model.variable === undefined || buildersOf(model, source).includes(symbol);
}

/** The function of the module itself whose body the line (from 1) is in. */
function functionAround(lines: readonly string[], line: number): string | undefined {
  for (let at = line - 1; at >= 0; at--) {
    const [, name] = /^(?:async )?def (\w+)\s*\(/.exec(lines[at]) ?? [];
    if (name !== undefined) return name;
    // Another statement of the module: the line is in no function.
    if (/^[^\s#)\]}]/.test(lines[at])) return undefined;
  }
  return undefined;
}

/** The models of one document, where its outline has them; one that several calls make is there once. */
export function modelsIn(snapshot: ModelSnapshot, uri: string): readonly SourceModel[] {
  const models = new Map<string, SourceModel>();
  for (const analyzed of snapshot.models) {
    const [symbol] = symbolsOfModels({ ...snapshot, models: [analyzed], isBroken: false }, uri);
    if (!symbol) continue;
    const { start, end } = symbol.range;
    const { name } = analyzed.model;
    const reference = referenceOf(analyzed.model, snapshot);
    const key = `${name}@${start.line}`;
    if (!models.has(key))
      models.set(key, { name, line: start.line, endLine: end.line, ...(reference && { reference }) });
  }
  return [...models.values()];
}
