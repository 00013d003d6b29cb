// What the rules may know of a config.
import type { ConfigFacts } from '../../engine/rules/config-facts.ts';
import { configFacts as factsOf } from '../../host/check/config-facts.ts';
import type { ConfigSnapshot } from '../config/config-snapshot.ts';
import { configTarget } from '../config/target.ts';

export function configFacts(snapshot: ConfigSnapshot, weightsProblems: readonly string[] = []): ConfigFacts | null {
  const { config, path } = snapshot;
  const target = configTarget(snapshot);
  return config && target ? factsOf(config, path, target, weightsProblems) : null;
}
