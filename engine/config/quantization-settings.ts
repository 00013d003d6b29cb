// A config's `quantization` section as the settings that quantization reads, the target's defaults filled in.

import type { LayerOverride, QuantizationSettings, TargetName, TensorSettings } from '../quantization/settings.ts';
import { INT8_SETTINGS } from '../quantization/settings.ts';
import type { QuantConfig, TensorChoices } from './schema.ts';

type Defaults = Pick<QuantizationSettings, 'weights' | 'activations'>;

/** LiteRT's 16×8 scheme: int16 activations with zero point 0 beside int8 weights. */
const INT16X8: Defaults = {
  weights: INT8_SETTINGS.weights,
  activations: { ...INT8_SETTINGS.activations, bits: 16, symmetric: true },
};

const DEFAULTS: { readonly [target in TargetName]: Defaults } = {
  'tflite-int8': INT8_SETTINGS,
  'tflite-int16x8': INT16X8,
  'tflite-micro': INT8_SETTINGS,
  'edge-tpu': INT8_SETTINGS,
  'tfmot-default-8bit': INT8_SETTINGS,
};

export function quantizationSettings(config: QuantConfig): QuantizationSettings {
  const { target, quantization } = config;
  const defaults = DEFAULTS[target];
  return {
    target,
    weights: { ...defaults.weights, ...chosen(quantization.weights) },
    activations: { ...defaults.activations, ...chosen(quantization.activations) },
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
