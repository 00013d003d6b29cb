// A config's `quantization` section as the settings that quantization reads, the target's defaults filled in.

import type { Scheme } from '../quantization/schemes/scheme.ts';
import { SCHEMES } from '../quantization/schemes/schemes.ts';
import type { LayerOverride, QuantizationSettings, TargetName, TensorSettings } from '../quantization/settings.ts';
import type { QuantConfig, TensorChoices } from './schema.ts';

const DEFAULTS: { readonly [target in TargetName]: Scheme } = {
  'tflite-int8': SCHEMES['tflite-int8'],
  'tflite-int16x8': SCHEMES['tflite-int16x8'],
  'tflite-micro': SCHEMES['tflite-int8'],
  'edge-tpu': SCHEMES['edge-tpu'],
  'tfmot-default-8bit': SCHEMES['tfmot-default-8bit'],
};

/** The scheme's settings, or the target's own, with what the config changes. */
export function quantizationSettings(config: QuantConfig): QuantizationSettings {
  const { target, quantization } = config;
  const scheme = quantization.scheme ? SCHEMES[quantization.scheme] : DEFAULTS[target];
  return {
    target,
    weights: { ...scheme.weights, ...chosen(quantization.weights) },
    activations: { ...scheme.activations, ...chosen(quantization.activations) },
    schemeOverrides: scheme.overrides,
    overrides: quantization.overrides.map(toOverride),
  };
}

function toOverride(override: QuantConfig['quantization']['overrides'][number]): LayerOverride {
  const { match, skip, weights, activations } = override;
  return {
    match: typeof match === 'string' ? { name: match } : match,
    ...(skip === undefined ? {} : { skip }),
    ...(weights === undefined ? {} : { weights: chosen(weights) }),
    ...(activations === undefined ? {} : { activations: chosen(activations) }),
  };
}

/** Without the keys that were left out, which would otherwise overwrite a default with `undefined`. */
function chosen(choices: TensorChoices): Partial<TensorSettings> {
  return Object.fromEntries(Object.entries(choices).filter(([, value]) => value !== undefined));
}
