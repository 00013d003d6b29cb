// The config asks for bits that the target has no kernels for.

import type { TensorSettings } from '../quantization/settings.ts';
import type { RuleContext } from './context.ts';
import type { Finding, FindingData } from './finding.ts';
import type { Rule } from './rule.ts';

interface Data extends FindingData {
  readonly key: string;
  readonly bits: number;
  readonly allowed: readonly number[];
  readonly target: string;
  readonly what: 'weights' | 'activations';
}

type Key = readonly (string | number)[];

export const bitsNotOnTarget: Rule<Data> = {
  id: 'bits-not-on-target',
  title: 'The target does not compute with these bits',
  category: 'config',
  severity: 'error',
  check({ config, target }: RuleContext): Finding<Data>[] {
    if (config === null) return [];
    const { settings } = config;
    const places: (readonly [Key, Partial<TensorSettings> | undefined, 'weights' | 'activations'])[] = [
      [['quantization', 'weights', 'bits'], settings.weights, 'weights'],
      [['quantization', 'activations', 'bits'], settings.activations, 'activations'],
      ...settings.overrides.flatMap((override, index) =>
        (['weights', 'activations'] as const).map(
          (what) => [['quantization', 'overrides', index, what, 'bits'], override[what], what] as const,
        ),
      ),
    ];
    return places.flatMap(([key, tensor, what]) => {
      const bits = tensor?.bits;
      const allowed = what === 'weights' ? target.weightBits : target.activationBits;
      if (bits === undefined || allowed.includes(bits)) return [];
      const data = { key: key.join('.'), bits, allowed, target: target.name, what };
      return [{ rule: 'bits-not-on-target', at: { kind: 'config', key }, layers: [], data }];
    });
  },
  message: ({ bits, allowed, target, what }) =>
    `${target} has no kernels for ${bits}-bit ${what}, only for ${allowed.join(' and ')} bits, so this runs in the simulator alone. Use ${allowed.join(' or ')}, or another target.`,
};
