// Values from JSON.

import type { Json } from '../../model.ts';
import { layerOfJson } from '../layers/to-json.ts';
import { bool, dictOf, float, int, list, NONE, str, type Value } from '../values.ts';

export function fromJson(json: Json): Value {
  if (json === null) return NONE;
  if (typeof json === 'boolean') return bool(json);
  if (typeof json === 'number') return Number.isInteger(json) ? int(json) : float(json);
  if (typeof json === 'string') return str(json);
  if (Array.isArray(json)) return list(json.map(fromJson));
  const layer = layerOfJson(json);
  if (layer) return layer;
  return dictOf(Object.entries(json as { [key: string]: Json }).map(([key, value]) => [key, fromJson(value)]));
}
