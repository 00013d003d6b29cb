// The target of a config or of the settings, which may be a file of the user's own.
import { dirname } from 'node:path';
import { InputError } from '../../engine/errors.ts';
import type { Target } from '../../engine/quantization/targets/target.ts';
import { TARGETS } from '../../engine/quantization/targets/targets.ts';
import type { ServerSettings } from '../../protocol/language-server.ts';
import type { ConfigSnapshot } from './config-snapshot.ts';

/** That of the config, else of the settings (a file is relative to `path`); the default one where the file cannot be read. */
export function targetOf(
  snapshot: ConfigSnapshot | undefined,
  settings: ServerSettings,
  path: string,
): Promise<Target> {
  return snapshot?.config ? named(snapshot.config.target, snapshot.path) : named(settings.target, path);
}

export async function configTarget({ config, path }: ConfigSnapshot): Promise<Target | undefined> {
  return config && named(config.target, path);
}

/** One sentence where the target cannot be had, so that the default one is in its place. */
export async function targetProblem(name: string, path: string): Promise<string | undefined> {
  const found = await find(name, path);
  return found instanceof InputError ? found.describe() : undefined;
}

async function named(name: string, path: string): Promise<Target> {
  const found = await find(name, path);
  return found instanceof InputError ? TARGETS['tflite-int8'] : found;
}

async function find(name: string, path: string): Promise<Target | InputError> {
  if (Object.hasOwn(TARGETS, name)) return TARGETS[name as keyof typeof TARGETS];
  const { loadTarget } = await import('../../host/config/load-target.ts');
  try {
    return loadTarget(name, dirname(path));
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return error;
  }
}
