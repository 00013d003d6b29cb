// A config's `quantization` section as the settings that quantization reads, the target's defaults filled in.

import type { Scheme } from '../quantization/schemes/scheme.ts';
import { SCHEMES } from '../quantization/schemes/schemes.ts';
import type { LayerOverride, QuantizationSettings, TargetName, TensorSettings } from '../quantization/settings.ts';
import { placementSupport } from '../quantization/targets/placement-support.ts';
import type { Target } from '../quantization/targets/target.ts';
import type { Override, QuantConfig, TensorChoices } from './schema.ts';

const DEFAULTS: { readonly [target in TargetName]: Scheme } = {
  'tflite-int8': SCHEMES['tflite-int8'],
  'tflite-int16x8': SCHEMES['tflite-int16x8'],
  'tflite-micro': SCHEMES['tflite-int8'],
  'edge-tpu': SCHEMES['edge-tpu'],
  'tfmot-default-8bit': SCHEMES['tfmot-default-8bit'],
};

/** The scheme's settings, or the target's own, with what the config changes. `target` is the one that the config names. */
export function quantizationSettings({ quantization }: QuantConfig, target: Target): QuantizationSettings {
  const scheme = quantization.scheme ? SCHEMES[quantization.scheme] : schemeOf(target);
  const numbers = demandsOf(target);
  return {
    target: target.name,
    support: placementSupport(target),
    weights: { ...scheme.weights, ...chosen(quantization.weights), ...numbers.weights },
    activations: { ...scheme.activations, ...chosen(quantization.activations), ...numbers.activations },
    schemeOverrides: scheme.overrides,
    overrides: quantization.overrides.map(toOverride),
  };
}

/** The target's own scheme; for a user's target one of ours within its bits and its kind of zero points. */
function schemeOf(target: Target): Scheme {
  if (isOurs(target.name)) return DEFAULTS[target.name];
  const scheme = target.activationBits.some((bits) => bits <= 8) ? SCHEMES['tflite-int8'] : SCHEMES['tflite-int16x8'];
  const within = (settings: TensorSettings, widths: readonly number[]): TensorSettings => {
    const bits = Math.max(...widths.filter((width) => width <= settings.bits));
    return Number.isFinite(bits) ? { ...settings, bits } : settings;
  };
  return {
    ...scheme,
    weights: within(scheme.weights, target.weightBits),
    activations: within(scheme.activations, target.activationBits),
  };
}

/** What the hardware asks of every number, whatever the config says. */
function demandsOf(target: Target): Record<'weights' | 'activations', Partial<TensorSettings>> {
  if (target.level !== 'op' || !target.numbers) return { weights: {}, activations: {} };
  const { symmetricActivations, powerOfTwoScales, accumulatorBits } = target.numbers;
  const powerOfTwo = powerOfTwoScales ? { powerOfTwo: true } : {};
  return {
    weights: { ...powerOfTwo, ...(accumulatorBits === undefined ? {} : { accumulatorBits }) },
    activations: { ...powerOfTwo, ...(symmetricActivations ? { symmetric: true } : {}) },
  };
}

const isOurs = (name: string): name is TargetName => Object.hasOwn(DEFAULTS, name);

export function toOverride(override: Override): LayerOverride {
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
