// Which layers an override of the config is for.
import picomatch from 'picomatch';
import type { LayerOverride } from '../../engine/quantization/settings.ts';

export function matchesLayer(override: LayerOverride, path: string, className: string): boolean {
  return 'class' in override.match ? override.match.class === className : picomatch.isMatch(path, override.match.name);
}
