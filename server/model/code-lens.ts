// Code lens above a model: its size and cost, and what can be done with it.
import type { CodeLens, Command, Range } from 'vscode-languageserver';
import { uriOf } from '../files.ts';
import type { LastRun } from '../runs.ts';
import { shown } from './last-good.ts';
import { modelSummary } from './layer-words.ts';
import type { AnalyzedModel, ModelSnapshot } from './model-snapshot.ts';
import { referenceOf } from './reference.ts';

/** `hasCommands`: the client is ours and knows the commands; others get the summary alone. */
export function codeLenses(
  snapshot: ModelSnapshot,
  uri: string,
  hasCommands: boolean,
  lastRun: (config: string) => LastRun | undefined,
): CodeLens[] {
  const { source } = snapshot;
  const { models, isOld, move } = shown(snapshot);
  const seen = new Set<string>();
  return models.flatMap((analyzed) => {
    const made = analyzed.model.origin?.at;
    const at = made && move(made);
    if (!at || at.file !== source.path) return [];
    const place = source.place(at);
    if (place.uri !== uri) return [];
    const range: Range = { start: place.range.start, end: place.range.start };
    const key = `${analyzed.model.name}@${range.start.line}`;
    if (seen.has(key)) return [];
    seen.add(key);
    const summary = `${analyzed.model.name}: ${modelSummary(analyzed)}${isOld ? ' (before the syntax error)' : ''}`;
    return [
      { range, command: command(summary, '') },
      ...(hasCommands ? actions(analyzed, range, uri, referenceOf(analyzed.model, snapshot), lastRun) : []),
    ];
  });
}

function actions(
  { config, model }: AnalyzedModel,
  range: Range,
  uri: string,
  reference: string | undefined,
  lastRun: (config: string) => LastRun | undefined,
): CodeLens[] {
  const graph = command('Graph', 'quantlens.showGraph', uri, model.name);
  if (!config) {
    return [graph, command('New Config', 'quantlens.newConfig', uri, reference ?? '')].map((each) => ({
      range,
      command: each,
    }));
  }
  const run = lastRun(config.path);
  const commands = [
    command('Train', 'quantlens.train', uriOf(config.path)),
    command('Quantize', 'quantlens.quantize', uriOf(config.path)),
    ...(run ? [command(whyText(run), 'quantlens.inspect', run.folder)] : []),
    graph,
  ];
  return commands.map((each) => ({ range, command: each }));
}

/** `Why 31.2 dB at block_1?`: the layer that adds most error leads to the panel that says why. */
function whyText({ report: { layers } }: LastRun): string {
  const measured = layers.filter(({ local }) => local.sqnr !== null);
  if (measured.length === 0) return 'Inspect';
  const worst = measured.reduce((a, b) => (b.local.sqnr! < a.local.sqnr! ? b : a));
  return `Why ${worst.local.sqnr!.toFixed(1)} dB at ${worst.layers[0] ?? worst.name}?`;
}

const command = (title: string, id: string, ...args: string[]): Command => ({ title, command: id, arguments: args });
