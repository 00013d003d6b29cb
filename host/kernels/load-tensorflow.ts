// TensorFlow for training, where the user has installed it: `@tensorflow/tfjs-node-gpu` or `@tensorflow/tfjs-node`, from the
// workspace, or from the folder that QUANTLENS_TENSORFLOW names. Never a dependency: it downloads a gigabyte at install.

import { createRequire } from 'node:module';
import { join } from 'node:path';
import { env } from 'node:process';
import util from 'node:util';
import { InputError } from '../../engine/errors.ts';
import type { TensorFlow } from '../../engine/training/tensorflow/tensorflow.ts';

const PACKAGES = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'] as const;

/** Throws an InputError where neither package is there, or it does not load. */
export function loadTensorFlow(workspace: string): TensorFlow {
  const folders = [env.QUANTLENS_TENSORFLOW, workspace].filter((folder) => folder !== undefined && folder !== '');
  for (const folder of folders) {
    const require = createRequire(join(folder!, 'package.json'));
    for (const name of PACKAGES) {
      const file = resolved(require, name);
      if (file !== null) return load(require, name, file);
    }
  }
  throw new InputError(
    `\`backend: tensorflow\` needs the npm package ${PACKAGES[1]}, which ${workspace} does not have: install it there, or remove the key.`,
    { key: 'training.backend' },
  );
}

/** Whether one of the packages is there. */
export function hasTensorFlow(workspace: string): boolean {
  const require = createRequire(join(env.QUANTLENS_TENSORFLOW || workspace, 'package.json'));
  return PACKAGES.some((name) => resolved(require, name) !== null);
}

function resolved(require: NodeJS.Require, name: string): string | null {
  try {
    return require.resolve(name);
  } catch {
    return null;
  }
}

function load(require: NodeJS.Require, name: string, file: string): TensorFlow {
  addOldUtilities();
  // TensorFlow writes its start-up notes to the standard error output otherwise; errors still come.
  env.TF_CPP_MIN_LOG_LEVEL ??= '2';
  try {
    return require(file) as TensorFlow;
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
    throw new InputError(
      `${name} is installed, but does not load (${reason}): install it anew, or remove \`backend: tensorflow\`.`,
      { key: 'training.backend' },
    );
  }
}

/** Functions that the package calls and that Node dropped in version 23. */
function addOldUtilities(): void {
  const old: Record<string, unknown> = util as unknown as Record<string, unknown>;
  old.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined;
  old.isArray ??= Array.isArray;
}
