// A config's `quantization` section as the settings that quantization reads, the target's defaults filled in.

import { InputError } from '../errors.ts';
import { isModulePath, type OwnAlgorithms, type OwnModule } from '../quantization/own-algorithms.ts';
import type { Scheme } from '../quantization/schemes/scheme.ts';
import { SCHEMES } from '../quantization/schemes/schemes.ts';
import type {
  LayerOverride,
  ObserverName,
  QuantizationSettings,
  TargetName,
  TensorSettings,
} from '../quantization/settings.ts';
import { placementSupport } from '../quantization/targets/placement-support.ts';
import type { Target } from '../quantization/targets/target.ts';
import { TRUNCATING } from '../quantization/truncating.ts';
import type { Override, QuantConfig, TensorChoices } from './schema.ts';

const DEFAULTS: { readonly [target in TargetName]: Scheme } = {
  'tflite-int8': SCHEMES['tflite-int8'],
  'tflite-int16x8': SCHEMES['tflite-int16x8'],
  'tflite-micro': SCHEMES['tflite-int8'],
  'edge-tpu': SCHEMES['edge-tpu'],
  'tfmot-default-8bit': SCHEMES['tfmot-default-8bit'],
};

/**
 * The scheme's settings, or the target's own, with what the config changes. `target` is the one that the config names, `own`
 * the modules that it names, where a job has loaded them; without it they are left out, as an editor does.
 */
export function quantizationSettings(
  { quantization }: QuantConfig,
  target: Target,
  own?: OwnAlgorithms,
): QuantizationSettings {
  const scheme = quantization.scheme ? SCHEMES[quantization.scheme] : schemeOf(target);
  const numbers = demandsOf(target);
  const rounding = target.level === 'op' ? target.numbers?.rounding : undefined;
  return {
    target: target.name,
    support: placementSupport(target),
    weights: { ...scheme.weights, ...chosen(quantization.weights, own), ...numbers.weights },
    activations: { ...scheme.activations, ...chosen(quantization.activations, own), ...numbers.activations },
    ...(rounding ? { rounding } : {}),
    schemeOverrides: [...scheme.overrides, ...(rounding === 'toward-zero' ? CUT_OFF : [])],
    overrides: quantization.overrides.map((override) => toOverride(override, own)),
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

/** Where accumulators are rescaled, hardware that rounds toward zero cuts off. */
const CUT_OFF: readonly LayerOverride[] = ['CONV_2D', 'DEPTHWISE_CONV_2D', 'TRANSPOSE_CONV', 'FULLY_CONNECTED'].map(
  (kind) => ({ match: { class: kind }, activations: { own: TRUNCATING } }),
);

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

export function toOverride(override: Override, own?: OwnAlgorithms): LayerOverride {
  const { match, skip, weights, activations } = override;
  return {
    match: typeof match === 'string' ? { name: match } : match,
    ...(skip === undefined ? {} : { skip }),
    ...(weights === undefined ? {} : { weights: chosen(weights, own) }),
    ...(activations === undefined ? {} : { activations: chosen(activations, own) }),
  };
}

/** Without the keys that were left out, which would otherwise overwrite a default with `undefined`. */
function chosen({ observer, quantizer, ...choices }: TensorChoices, own?: OwnAlgorithms): Partial<TensorSettings> {
  const given = Object.fromEntries(Object.entries(choices).filter(([, value]) => value !== undefined));
  const isModule = observer !== undefined && isModulePath(observer);
  const module = quantizer ?? (isModule ? observer : undefined);
  const known = observer === undefined || isModule ? {} : { observer: observer as ObserverName };
  if (module === undefined || own === undefined) return { ...given, ...known };
  // What a module learns is its own: the scheme's learned scales are not.
  return { ...given, observer: 'min-max', ...known, own: moduleOf(module, own) };
}

function moduleOf(path: string, own: OwnAlgorithms): OwnModule {
  const found = own.get(path);
  if (found) return found;
  throw new InputError(`The module ${path} was not loaded.`, { key: 'quantization' });
}
