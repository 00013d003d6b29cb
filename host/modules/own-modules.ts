// The user's own modules that a config names: loaded by Node's own import(), which runs them. That is for a job alone, in its
// own process, and only where the user trusts what lies there.

import { existsSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { QuantConfig, TensorChoices } from '../../engine/config/schema.ts';
import { InputError } from '../../engine/errors.ts';
import { asOwnLayer, type OwnLayer, type OwnLayers } from '../../engine/keras/own-layers.ts';
import {
  asOwnAlgorithm,
  isModulePath,
  type OwnAlgorithm,
  type OwnAlgorithms,
} from '../../engine/quantization/own-algorithms.ts';
import type { LoadedConfig } from '../config/load-config.ts';
import { displayPath } from '../files/files.ts';

export interface OwnModules {
  readonly algorithms: OwnAlgorithms;
  readonly layers: OwnLayers;
}

/** A key of the config that names a module. */
interface Named {
  readonly key: string;
  readonly path: string;
}

/**
 * Every module that the config names, checked.
 * @throws InputError where `isTrusted` is not given and there are any, and for a module that cannot be loaded or lacks something.
 */
export async function loadOwnModules({ config, file, folder }: LoadedConfig, isTrusted: boolean): Promise<OwnModules> {
  const named = algorithmsOf(config);
  const classes = Object.entries(config.layers).map(([name, path]) => ({ name, key: `layers.${name}`, path }));
  const [first] = [...named, ...classes];
  if (first && !isTrusted) {
    throw new InputError(
      `\`${first.key}\` names the module ${first.path}, which is code that would run; trust this workspace first, or take the key out.`,
      { file, key: first.key },
    );
  }
  const algorithms = new Map<string, ReturnType<typeof asOwnAlgorithm>>();
  for (const { kind, key, path } of named) {
    const place = resolve(folder, path);
    algorithms.set(path, asOwnAlgorithm(await defaultOf(place, { key, path }, file), kind, displayPath(place)));
  }
  const layers = new Map<string, OwnLayer>();
  for (const { name, key, path } of classes) {
    const place = resolve(folder, path);
    layers.set(name, asOwnLayer(await defaultOf(place, { key, path }, file), displayPath(place)));
  }
  return { algorithms, layers };
}

function algorithmsOf({ quantization }: QuantConfig): (Named & { readonly kind: OwnAlgorithm['kind'] })[] {
  const places: readonly (readonly [key: string, choices: TensorChoices | undefined])[] = [
    ['quantization.weights', quantization.weights],
    ['quantization.activations', quantization.activations],
    ...quantization.overrides.flatMap(
      ({ weights, activations }, index) =>
        [
          [`quantization.overrides[${index}].weights`, weights],
          [`quantization.overrides[${index}].activations`, activations],
        ] as const,
    ),
  ];
  return places.flatMap(([key, choices]) =>
    (['observer', 'quantizer'] as const).flatMap((kind) => {
      const path = choices?.[kind];
      return path !== undefined && isModulePath(path) ? [{ kind, key: `${key}.${kind}`, path }] : [];
    }),
  );
}

async function defaultOf(place: string, { key }: Named, config: string): Promise<unknown> {
  const file = displayPath(place);
  if (!existsSync(place)) {
    throw new InputError(`${file} cannot be loaded: there is no such file.`, { file: config, key });
  }
  if (/\.m?ts$/.test(place) && !stripsTypes()) {
    throw new InputError(
      `${file} is TypeScript, which Node runs from 22.18 on; this is Node ${process.versions.node}. Compile it to .mjs, or use a newer Node.`,
      { file: config, key },
    );
  }
  try {
    const module: { readonly default?: unknown } = await import(pathToFileURL(place).href);
    return module.default;
  } catch (error) {
    throw new InputError(`${file} cannot be loaded: ${reasonOf(error, place)}.`, { file: config, key });
  }
}

/** Whether this Node takes the types out of a TypeScript module by itself. */
const stripsTypes = (): boolean => 'typescript' in process.features && process.features.typescript !== false;

function reasonOf(error: unknown, place: string): string {
  const message = error instanceof Error ? error.message : String(error);
  const [line] = message.split('\n');
  return `${line.replace(/\.$/, '')} (in ${basename(place)} or what it imports)`;
}
