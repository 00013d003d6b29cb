// What the rules may know of a config.
import { quantizationSettings } from '../../engine/config/quantization-settings.ts';
import type { ConfigFacts } from '../../engine/rules/config-facts.ts';
import type { ConfigSnapshot } from '../config/config-snapshot.ts';

export function configFacts({ config, path }: ConfigSnapshot): ConfigFacts | null {
  if (!config) return null;
  return {
    file: path,
    settings: quantizationSettings(config),
    loss: config.training.loss,
    calibrationSamples: config.data.calibration.samples,
    data: [],
    weightsKey: config.weights === undefined ? null : ['weights'],
  };
}
