// Values of arguments as Keras's configuration has them.

import type { Json } from '../../model.ts';
import type { Instance, Value } from '../values.ts';

/** JSON objects that stand for layers of the run, so that wrappers find the layer itself. */
const LAYER_OF_JSON = new WeakMap<object, Instance>();

export const layerOfJson = (json: Json): Instance | undefined =>
  json !== null && typeof json === 'object' ? LAYER_OF_JSON.get(json as object) : undefined;

/** The JSON of a value; undefined where something in it is not known. */
export function toJson(value: Value): Json | undefined {
  switch (value.kind) {
    case 'none':
      return null;
    case 'bool':
    case 'int':
    case 'float':
    case 'str':
    case 'bytes':
      return value.value;
    case 'tuple':
    case 'list':
      return allJson(value.items);
    case 'shape':
      return allJson(value.dims);
    case 'set':
      return allJson([...value.entries.values()]);
    case 'dict': {
      const object: Record<string, Json> = {};
      for (const [key, item] of value.entries.values()) {
        const json = toJson(item);
        if (json === undefined) return undefined;
        object['value' in key ? String(key.value) : key.kind] = json;
      }
      return object;
    }
    case 'function':
      return value.isLambda ? { class_name: 'function', config: '<lambda>' } : value.name;
    case 'native':
      return value.name;
    case 'class':
      return value.name;
    case 'instance':
      return instanceJson(value);
    case 'array':
      return value.data && value.shape?.length === 0 ? value.data[0]! : value.data ? [...value.data] : undefined;
    default:
      return undefined;
  }
}

function allJson(items: readonly Value[]): Json | undefined {
  const list: Json[] = [];
  for (const item of items) {
    const json = toJson(item);
    if (json === undefined) return undefined;
    list.push(json);
  }
  return list;
}

function instanceJson(value: Instance): Json | undefined {
  if (value.layer) {
    const { name, className, config } = value.layer;
    const json: Json = { class_name: className, config: name === undefined ? config : { ...config, name } };
    LAYER_OF_JSON.set(json as object, value);
    return json;
  }
  const config = value.attributes.get('__config__');
  const json = config ? toJson(config) : undefined;
  return { class_name: value.cls.name, config: json ?? {} };
}
