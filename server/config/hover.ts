// Hover in the config: what a key means, what it may be, and the value that holds with where it comes from.
import type { Hover, Position } from 'vscode-languageserver';
import { expected } from '../../engine/config/expected.ts';
import { formatPath, type KeyPath, schemaAt } from '../../engine/config/json-schema.ts';
import { quantizationSettings, toOverride } from '../../engine/config/quantization-settings.ts';
import type { Override } from '../../engine/config/schema.ts';
import { layersByPath } from '../model/layer-paths.ts';
import type { ModelOfConfig } from '../model/model-of-config.ts';
import { matchesLayer } from '../model/overrides.ts';
import { type ConfigSnapshot, placeAt } from './config-snapshot.ts';
import { show } from './schema-words.ts';
import { configTarget } from './target.ts';

export async function hoverConfig(
  snapshot: ConfigSnapshot,
  position: Position,
  modelOf: () => Promise<ModelOfConfig>,
): Promise<Hover | null> {
  const { document } = snapshot;
  const place = placeAt(snapshot, document.offsetAt(position));
  if (!place) return null;
  const schema = schemaAt(place.path);
  if (!schema) return null;
  const lines = [`**${formatPath(place.path)}**: ${expected(schema)}`];
  if (schema.description) lines.push(schema.description);
  if (schema.default !== undefined && typeof schema.default !== 'object') lines.push(`Default: \`${schema.default}\``);
  const resolved = snapshot.config && (await resolvedText(snapshot, place.path, place.text));
  if (resolved) lines.push(resolved);
  const match = overrideIndex(place.path);
  if (match !== undefined && snapshot.config)
    lines.push(matchText(snapshot.config.quantization.overrides[match], await modelOf()));
  return {
    contents: { kind: 'markdown', value: lines.join('\n\n') },
    range: { start: document.positionAt(place.start), end: document.positionAt(place.end) },
  };
}

/** The value that holds, where it is not the written one: a default that the target sets. */
async function resolvedText(snapshot: ConfigSnapshot, path: KeyPath, written: string): Promise<string | undefined> {
  const { config } = snapshot;
  const target = await configTarget(snapshot);
  if (!config || !target) return undefined;
  if (path[0] !== 'quantization' || path.length !== 3 || path[1] === 'overrides') return undefined;
  const settings: unknown = quantizationSettings(config, target);
  const value = path
    .slice(1)
    .reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], settings);
  if (value === undefined || typeof value === 'object') return undefined;
  const from = written === '' ? `the default of the target \`${config.target}\`` : 'set here';
  return `Resolved: \`${show(value)}\` (${from})`;
}

function overrideIndex(path: KeyPath): number | undefined {
  const [section, list, index, key] = path;
  const isMatch = section === 'quantization' && list === 'overrides' && key === 'match';
  return isMatch && typeof index === 'number' ? index : undefined;
}

const SHOWN = 12;

function matchText(written: Override | undefined, { model, reason }: ModelOfConfig): string {
  if (!model) return `The layers it matches are not known: ${reason ?? 'the model could not be read.'}`;
  if (!written) return '';
  const override = toOverride(written);
  const layers = [...layersByPath(model)].filter(([path, layer]) => matchesLayer(override, path, layer.class));
  if (layers.length === 0) return `Matches no layer of \`${model.name}\`.`;
  const names = layers.slice(0, SHOWN).map(([path]) => `\`${path}\``);
  const more = layers.length > SHOWN ? ` and ${layers.length - SHOWN} more` : '';
  return `Matches ${layers.length === 1 ? '1 layer' : `${layers.length} layers`}: ${names.join(', ')}${more}`;
}
