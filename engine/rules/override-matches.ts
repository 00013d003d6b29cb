// Which layers each override of the config matches, as quantization will match them.

import { resolveLayerSettings } from '../quantization/layer-settings.ts';
import type { LayerOverride } from '../quantization/settings.ts';
import type { RuleContext } from './context.ts';

export interface OverrideMatch {
  readonly override: LayerOverride;
  /** Names of ops and inputs of the fused graph. */
  readonly layers: readonly string[];
}

/** Keras classes by layer path. */
export const classesOf = ({ view }: RuleContext): ReadonlyMap<string, string> =>
  new Map(view.layers.map(({ path, layer }) => [path, layer.class]));

/** Empty where there is no config, or no graph to match with. */
export function matchesOf(context: RuleContext): readonly OverrideMatch[] {
  const { config, fused } = context;
  if (config === null || fused === null) return [];
  const { graph } = fused;
  const classes = classesOf(context);
  return config.settings.overrides.map((override) => {
    // Alone, with a mark that no default has, the override shows where it applies.
    const marked: LayerOverride = { ...override, skip: true };
    const { byName } = resolveLayerSettings(
      graph,
      { ...config.settings, schemeOverrides: [], overrides: [marked] },
      classes,
    );
    return { override, layers: [...byName].filter(([, settings]) => settings.skip).map(([name]) => name) };
  });
}
