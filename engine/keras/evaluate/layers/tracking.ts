// Layers that a layer or model holds in its attributes, as Keras tracks them.

import type { Runtime } from '../runtime.ts';
import type { Instance, Value } from '../values.ts';

/** Called after an attribute of an instance was set. */
export function onAttributeSet(run: Runtime, object: Instance, name: string, value: Value): void {
  const { layer } = object;
  if (!layer || name.startsWith('__')) return;
  if (run.version === 2) {
    const old = layer.tracked.findIndex((each) => each.name === name);
    if (old >= 0) layer.tracked.splice(old, 1);
  }
  if (mayHoldLayers(value)) layer.tracked.push({ name, value });
  else if (value.kind === 'unknown' && layer.model) {
    // An attribute of a subclassed model that may be a layer, or data.
    layer.tracked.push({ name, value });
  }
  if (name === 'trainable' && value.kind === 'bool') layer.trainable = value.value;
}

const mayHoldLayers = (value: Value): boolean =>
  (value.kind === 'instance' && value.layer !== undefined) ||
  value.kind === 'list' ||
  value.kind === 'dict' ||
  value.kind === 'tuple';

/** Layers that an object holds: its own attributes' and those of lists and dicts in them, each once; from one attribute on. */
export function trackedLayers(object: Instance, from = 0): Instance[] {
  const found: Instance[] = [];
  const seen = new Set<Value>([object]);
  const visit = (value: Value): void => {
    if (seen.has(value)) return;
    seen.add(value);
    if (value.kind === 'instance') {
      if (value.layer) found.push(value);
    } else if (value.kind === 'list' || value.kind === 'tuple') value.items.forEach(visit);
    else if (value.kind === 'dict') for (const [, item] of value.entries.values()) visit(item);
  };
  for (const { value } of object.layer?.tracked.slice(from) ?? []) visit(value);
  return found;
}
