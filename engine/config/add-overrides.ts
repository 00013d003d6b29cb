// Adds overrides for layers to the text of a config: its comments and the order of its keys stay as they are.

import { isMap, isSeq, parseDocument } from 'yaml';

/** An entry of `quantization.overrides`, as the config says it; one that is there for the same `match` is changed. */
export interface OverrideEntry {
  readonly match: string;
  readonly skip?: boolean;
  readonly weights?: { readonly bits: number };
  readonly activations?: { readonly bits: number };
}

/** Null for a text that is not YAML. */
export function addOverrides(text: string, entries: readonly OverrideEntry[]): string | null {
  const yaml = parseDocument(text, { logLevel: 'silent' });
  if (yaml.errors.length > 0 || !isMap(yaml.contents)) return null;
  const path = ['quantization', 'overrides'];
  if (!isMap(yaml.get('quantization', true))) yaml.set('quantization', yaml.createNode({ overrides: [] }));
  if (!isSeq(yaml.getIn(path, true))) yaml.setIn(path, yaml.createNode([]));
  const list = yaml.getIn(path, true);
  if (!isSeq(list)) return null;
  list.flow = false;
  for (const entry of entries) {
    const known = list.items.findIndex((item) => isMap(item) && item.get('match') === entry.match);
    if (known < 0) yaml.addIn(path, yaml.createNode(entry));
    else for (const [key, value] of Object.entries(entry)) yaml.setIn([...path, known, key], value);
  }
  return yaml.toString({ lineWidth: 120, flowCollectionPadding: true });
}
