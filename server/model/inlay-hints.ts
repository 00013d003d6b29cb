// Inlay hints at the end of a layer's call: its output shape, and the error that the last run measured.
import { type InlayHint, InlayHintKind, type Range } from 'vscode-languageserver';
import type { ServerSettings } from '../../protocol/language-server.ts';
import { isBefore } from '../positions.ts';
import { isStale, type LastRun } from '../runs.ts';
import { shown } from './last-good.ts';
import { shapeText } from './layer-words.ts';
import { byCall } from './lookup.ts';
import type { AnalyzedModel, LayerPlace, ModelSnapshot } from './model-snapshot.ts';

export function inlayHints(
  snapshot: ModelSnapshot,
  uri: string,
  range: Range,
  { inlayHints: wanted }: ServerSettings,
  lastRun: (config: string) => LastRun | undefined,
): InlayHint[] {
  const hints = new Map<string, InlayHint>();
  const { models, isOld, move } = shown(snapshot);
  for (const analyzed of models) {
    const run = wanted.errors && analyzed.config ? lastRun(analyzed.config.path) : undefined;
    for (const group of byCall(analyzed)) {
      const at = move(group[0].at);
      if (!at) continue;
      const place = snapshot.source.place(at);
      const position = place.range.end;
      if (place.uri !== uri || isBefore(position, range.start) || isBefore(range.end, position)) continue;
      const texts = [wanted.shapes && shapes(group), run && errors(group, run, snapshot.source.text)].filter(Boolean);
      if (texts.length === 0) continue;
      // A call that several models of the text share is hinted once.
      const key = `${position.line}:${position.character}`;
      const label = texts.join('  ');
      hints.set(key, hint(position, isOld ? `(${label})` : label, analyzed, group, isOld));
    }
  }
  return [...hints.values()];
}

function hint(
  position: Range['end'],
  label: string,
  { model }: AnalyzedModel,
  group: readonly LayerPlace[],
  isOld: boolean,
): InlayHint {
  const names = group.length === 1 ? group[0].path : `${group.length} layers, ${group[0].path} … ${group.at(-1)!.path}`;
  const old = isOld ? ', before the syntax error' : '';
  return { position, label, kind: InlayHintKind.Type, paddingLeft: true, tooltip: `${names} of ${model.name}${old}` };
}

/** `→ 32×32×16`; of a call that makes several layers, the first and the last. */
function shapes(group: readonly LayerPlace[]): string | undefined {
  const texts = group.map(({ layer }) => shapeText(layer)).filter((text) => text !== undefined);
  if (texts.length === 0) return undefined;
  const [first, last] = [texts[0], texts.at(-1)!];
  if (group.length === 1) return `→ ${first}`;
  return first === last ? `×${group.length} → ${first}` : `×${group.length} → ${first} … ${last}`;
}

/** The worst of the layers that the call makes. */
function errors(group: readonly LayerPlace[], run: LastRun, source: string): string | undefined {
  const measured = group.map(({ path }) => run.byLayer.get(path)?.local).filter((metrics) => metrics !== undefined);
  if (measured.length === 0) return undefined;
  const worst = measured.reduce((a, b) => ((b.sqnr ?? Number.MAX_VALUE) < (a.sqnr ?? Number.MAX_VALUE) ? b : a));
  const mark = worst.rmseOverScale > 0.7 ? '■ ' : worst.rmseOverScale > 0.5 ? '▲ ' : '';
  const text = worst.sqnr === null ? 'exact' : `${worst.sqnr.toFixed(1)} dB`;
  return `${mark}${text}${isStale(run, group[0].at, source) ? ' (stale)' : ''}`;
}
