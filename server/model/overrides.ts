// Which layers an override of the config is for.
import picomatch from 'picomatch';
import type { LayerOverride } from '../../engine/quantization/settings.ts';

export function matchesLayer(override: LayerOverride, path: string, className: string): boolean {
  // Where a layer lies takes the graph; `quantlens check` and the panels know it.
  if ('position' in override.match) return false;
  return 'class' in override.match ? override.match.class === className : picomatch.isMatch(path, override.match.name);
}
