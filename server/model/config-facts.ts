// What the rules may know of a config.
import { quantizationSettings } from '../../engine/config/quantization-settings.ts';
import type { ConfigFacts } from '../../engine/rules/config-facts.ts';
import type { ConfigSnapshot } from '../config/config-snapshot.ts';
import { configTarget } from '../config/target.ts';

export function configFacts(snapshot: ConfigSnapshot): ConfigFacts | null {
  const { config, path } = snapshot;
  const target = configTarget(snapshot);
  if (!config || !target) return null;
  return {
    file: path,
    settings: quantizationSettings(config, target),
    loss: config.training.loss,
    calibrationSamples: config.data.calibration.samples,
    data: [],
    weightsKey: config.weights === undefined ? null : ['weights'],
  };
}
