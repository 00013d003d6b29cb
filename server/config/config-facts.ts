// What the rules may know of a config.
import type { Target } from '../../engine/quantization/targets/target.ts';
import type { ConfigFacts } from '../../engine/rules/config-facts.ts';
import { configFacts as factsOf } from '../../host/check/config-facts.ts';
import type { ConfigSnapshot } from './config-snapshot.ts';

export function configFacts(
  { config, path }: ConfigSnapshot,
  target: Target,
  weightsProblems: readonly string[] = [],
): ConfigFacts | null {
  return config ? factsOf(config, path, target, weightsProblems) : null;
}
