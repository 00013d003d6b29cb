// Writes an override for layers into the config's text: everything else, comments included, stays as it is.
import { addOverrides, type OverrideEntry } from '../../engine/config/add-overrides.ts';
import type { OverrideChange } from '../../protocol/webview-messages.ts';
import type { ConfigSnapshot } from './config-snapshot.ts';

const CHANGES: { readonly [C in OverrideChange]: Omit<OverrideEntry, 'match'> } = {
  skip: { skip: true },
  '16-bit-activations': { activations: { bits: 16 } },
  '4-bit-weights': { weights: { bits: 4 } },
  '2-bit-weights': { weights: { bits: 2 } },
};

/** Null for a text that is not YAML. `line` is that of the override, from 0. */
export function addOverride(
  { document }: ConfigSnapshot,
  layers: readonly string[],
  change: OverrideChange,
): { newText: string; line: number } | null {
  const entries = layers.map((match) => ({ match, ...CHANGES[change] }));
  const newText = addOverrides(document.getText(), entries);
  if (newText === null) return null;
  const line = newText.split('\n').findIndex((text) => text.includes(`match: ${layers[0]}`));
  return { newText, line: Math.max(line, 0) };
}
