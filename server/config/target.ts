// The target of a config, which may be a file of the user's own.
import { dirname } from 'node:path';
import { InputError } from '../../engine/errors.ts';
import type { Target } from '../../engine/quantization/targets/target.ts';
import { TARGETS } from '../../engine/quantization/targets/targets.ts';
import { loadTarget } from '../../host/config/load-target.ts';
import type { ServerSettings } from '../../protocol/language-server.ts';
import type { ConfigSnapshot } from './config-snapshot.ts';

/** That of the config, else of the settings; the default one where the config's file cannot be read. */
export function targetOf(snapshot: ConfigSnapshot | undefined, settings: ServerSettings): Target {
  return configTarget(snapshot) ?? TARGETS[settings.target];
}

export function configTarget(snapshot: ConfigSnapshot | undefined): Target | undefined {
  if (!snapshot?.config) return undefined;
  try {
    return loadTarget(snapshot.config.target, dirname(snapshot.path));
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return TARGETS['tflite-int8'];
  }
}
