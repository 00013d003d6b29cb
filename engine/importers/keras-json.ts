// Keras JSON: `model.to_json()` of both versions.

import { InputError } from '../errors.ts';
import { modelFromConfig } from '../keras/from-config.ts';
import type { Json } from '../keras/model.ts';
import type { OwnLayers } from '../keras/own-layers.ts';
import type { OpenedKeras } from './opened-model.ts';

export function openKerasJson(bytes: Uint8Array, fileName: string, _hdf5?: unknown, own?: OwnLayers): OpenedKeras {
  const json = parseJson(new TextDecoder().decode(bytes), fileName);
  return { kind: 'keras', model: modelFromConfig(json, versionOf(json), own) };
}

/** Keras 2 writes `keras_version`; Keras 3 does not, but names the module of each layer and its `build_config`. */
function versionOf(json: Json): 2 | 3 {
  const text = JSON.stringify(json);
  const version = typeof json === 'object' && json !== null && 'keras_version' in json ? json.keras_version : null;
  if (typeof version === 'string') return kerasMajor(version);
  return text.includes('"__keras_tensor__"') || text.includes('"batch_shape"') || text.includes('"DTypePolicy"')
    ? 3
    : 2;
}

/** `2.4.0`, `2.3.0-tf` → 2; `3.15.1` → 3. Files older than the attribute are Keras 2's. */
export const kerasMajor = (version: string | null): 2 | 3 => (version?.startsWith('3') ? 3 : 2);

/** Parses JSON that may hold `NaN` and `Infinity`, as Python writes them. */
export function parseJson(text: string, fileName: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    try {
      return JSON.parse(text.replace(/(?<=[\s:[,])(?:NaN|-?Infinity)(?=[\s,\]}])/g, 'null')) as Json;
    } catch (error) {
      // The parser quotes the text, which may be anything.
      const reason = error instanceof SyntaxError ? error.message.replace(/[^\x20-\x7e]+/g, ' ') : 'it cannot be read';
      throw new InputError(`${fileName} is not valid JSON: ${reason}.`, { file: fileName });
    }
  }
}
