// Where a model's program is quantized for its target and config: made when first asked for.
import type { Op } from '../../engine/graph/op.ts';
import { type Placement, placeQuantization } from '../../engine/quantization/placement.ts';
import { INT8_SETTINGS, type QuantizationSettings } from '../../engine/quantization/settings.ts';
import { layersByPath } from './layer-paths.ts';
import type { AnalyzedModel } from './model-snapshot.ts';

const made = new WeakMap<AnalyzedModel, Placement>();

/** Null where the model could not be lowered. */
export function placementOf(analyzed: AnalyzedModel): Placement | null {
  const { program, context, model } = analyzed;
  if (!program) return null;
  let placement = made.get(analyzed);
  if (!placement) {
    const classes = new Map([...layersByPath(model)].map(([path, layer]) => [path, layer.class]));
    placement = placeQuantization(program, settingsOf(analyzed), classes, supportOf(context.target));
    made.set(analyzed, placement);
  }
  return placement;
}

function settingsOf({ context: { config, target } }: AnalyzedModel): QuantizationSettings {
  if (config) return config.settings;
  if (target.name !== 'tflite-int16x8') return INT8_SETTINGS;
  return { ...INT8_SETTINGS, activations: { ...INT8_SETTINGS.activations, bits: 16, symmetric: true } };
}

const supportOf =
  (target: AnalyzedModel['context']['target']) =>
  (op: Op): string | null => {
    if (target.level !== 'op') return null;
    const support = target.ops[op.kind];
    return support.kind === 'float' || support.kind === 'none' ? support.reason : null;
  };
