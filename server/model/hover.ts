// Hover over a layer: what it gives, what it costs, how it is quantized, how large its measured error was.
import type { Hover, Position } from 'vscode-languageserver';
import { layerSpec } from '../../engine/keras/catalogue/catalogue.ts';
import { isStale, type LastRun } from '../runs.ts';
import type { Session } from '../session.ts';
import { histogramLine } from './histogram-line.ts';
import { bytes, costOf, count, quantizedText, shapeText } from './layer-words.ts';
import { type Found, layersAt } from './lookup.ts';
import type { ModelSnapshot } from './model-snapshot.ts';

const SHOWN = 4;

export async function hoverModel(
  snapshot: ModelSnapshot,
  uri: string,
  position: Position,
  { lastRun, hasCommands }: Pick<Session, 'lastRun' | 'hasCommands'>,
): Promise<Hover | null> {
  const found = layersAt(snapshot, uri, position);
  if (found.length === 0) return null;
  const { range } = snapshot.source.place(found[0].place.at);
  const sections = found
    .slice(0, SHOWN)
    .map((each) => describe(each, found.length === 1, snapshot.source.text, lastRun));
  if (found.length === 1) sections.push(...(await histogramOf(found[0], lastRun, hasCommands)));
  if (found.length > SHOWN) sections.push(`… and ${found.length - SHOWN} more layers that this call makes.`);
  return { contents: { kind: 'markdown', value: sections.join('\n\n---\n\n') }, range };
}

function describe(
  { analyzed, place }: Found,
  isAlone: boolean,
  source: string,
  lastRun: (config: string) => LastRun | undefined,
): string {
  const { path, layer } = place;
  const cost = costOf(analyzed, path, layer);
  const shape = shapeText(layer);
  const rows = [
    `**${path}**: ${layer.class}${shape === undefined ? '' : ` → \`${shape}\``}`,
    [
      cost.parameters !== null && `${count(cost.parameters)} parameters`,
      cost.multiplyAdds ? `${count(cost.multiplyAdds)} multiply-adds` : undefined,
      cost.bytes ? `${bytes(cost.bytes)} of int8 weights` : undefined,
    ]
      .filter(Boolean)
      .join(' · '),
    `${analyzed.context.target.name}: ${quantizedText(analyzed, path)}`,
    measured(analyzed.config && lastRun(analyzed.config.path), path, (run) => isStale(run, place.at, source)),
    layer.uncertain && `Not certain: ${layer.uncertain}`,
    isAlone && layerSpec(layer.class, analyzed.model.kerasVersion)?.documentation,
  ];
  return rows.filter(Boolean).join('\n\n');
}

function measured(run: LastRun | undefined, path: string, isStaleIn: (run: LastRun) => boolean): string | undefined {
  const error = run?.byLayer.get(path);
  if (!run || !error) return undefined;
  const stale = isStaleIn(run) ? ' (before the last change of this line)' : '';
  const [local, accumulated] = [error.local, error.accumulated].map(({ sqnr }) =>
    sqnr === null ? 'exact' : `${sqnr.toFixed(1)} dB`,
  );
  const link = `command:quantlens.inspect?${encodeURIComponent(JSON.stringify([run.folder]))}`;
  return `Measured${stale}: SQNR ${local} alone, ${accumulated} with all before it, RMSE ${error.local.rmseOverScale.toFixed(2)} steps. [Why?](${link})`;
}

/** What the layer's values are like in the last run, where it kept that: a picture in VS Code, a line of bars elsewhere. */
async function histogramOf(
  { analyzed: { config }, place: { path } }: Found,
  lastRun: Session['lastRun'],
  hasPictures: boolean,
): Promise<string[]> {
  const run = config && lastRun(config.path);
  const error = run?.byLayer.get(path);
  if (!run || !error) return [];
  const { moreOf } = await import('../../host/runs/details-file.ts');
  const activations = moreOf(run.folder).details?.layers.find(({ name }) => name === error.name)?.activations;
  if (!activations) return [];
  if (!hasPictures) return [`Its values: ${histogramLine(activations.histogram)}`];
  const { histogramImage } = await import('../../engine/error-analysis/charts/histogram-chart.ts');
  return [`![${path}: its values](${histogramImage(activations, `Values of ${path}`)})`];
}
