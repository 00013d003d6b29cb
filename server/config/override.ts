// Writes an override for layers into the config's text: everything else, comments included, stays as it is.
import { isMap, isSeq, parseDocument } from 'yaml';
import type { OverrideChange } from '../../protocol/webview-messages.ts';
import type { ConfigSnapshot } from './config-snapshot.ts';

const CHANGES: { readonly [C in OverrideChange]: Readonly<Record<string, unknown>> } = {
  skip: { skip: true },
  '16-bit-activations': { activations: { bits: 16 } },
};

/** Null for a text that is not YAML. `line` is that of the override, from 0. */
export function addOverride(
  { document }: ConfigSnapshot,
  layers: readonly string[],
  change: OverrideChange,
): { newText: string; line: number } | null {
  const yaml = parseDocument(document.getText(), { logLevel: 'silent' });
  if (yaml.errors.length > 0) return null;
  const path = ['quantization', 'overrides'];
  if (!isMap(yaml.get('quantization', true))) yaml.set('quantization', yaml.createNode({ overrides: [] }));
  if (!isSeq(yaml.getIn(path, true))) yaml.setIn(path, yaml.createNode([]));
  const list = yaml.getIn(path, true);
  if (!isSeq(list)) return null;
  list.flow = false;
  for (const match of layers) {
    const known = list.items.findIndex((item) => isMap(item) && item.get('match') === match);
    if (known < 0) yaml.addIn(path, yaml.createNode({ match, ...CHANGES[change] }));
    else for (const [key, value] of Object.entries(CHANGES[change])) yaml.setIn([...path, known, key], value);
  }
  const newText = yaml.toString({ lineWidth: 120, flowCollectionPadding: true });
  const line = newText.split('\n').findIndex((text) => text.includes(`match: ${layers[0]}`));
  return { newText, line: Math.max(line, 0) };
}
