// The configs of the workspace, kept current, so that a model knows which config names it.
import { TextDocument } from 'vscode-languageserver-textdocument';
import { CONFIG_LANGUAGE } from '../../protocol/language-server.ts';
import type { ConfigSnapshot } from '../config/config-snapshot.ts';
import { splitModel } from '../config/model-reference.ts';
import { besides, type Files, uriOf } from '../files.ts';
import type { FoundFiles } from './find-files.ts';

export interface ConfigIndex {
  /** Resolves when the folders have been looked through. */
  readonly ready: Promise<void>;
  all(): Promise<ConfigSnapshot[]>;
  /** Configs whose `model` is in a file, with the function or variable that they name there. */
  naming(path: string): Promise<{ readonly config: ConfigSnapshot; readonly symbol?: string }[]>;
  /** A config was made, changed or deleted. */
  changed(path: string): void;
}

type Parse = typeof import('../config/config-snapshot.ts').configSnapshot;

export function indexConfigs(found: Promise<FoundFiles>, files: Files): ConfigIndex {
  const paths = new Set<string>();
  const parsed = new Map<string, { stamp: string; snapshot: ConfigSnapshot }>();
  const snapshotOf = (path: string, parse: Parse): ConfigSnapshot | undefined => {
    const stamp = files.stamp(path);
    const text = stamp === undefined ? undefined : files.readText(path);
    if (stamp === undefined || text === undefined) {
      parsed.delete(path);
      return undefined;
    }
    const known = parsed.get(path);
    if (known?.stamp === stamp) return known.snapshot;
    const snapshot = parse(TextDocument.create(uriOf(path), CONFIG_LANGUAGE, 0, text));
    parsed.set(path, { stamp, snapshot });
    return snapshot;
  };
  const all = async (): Promise<ConfigSnapshot[]> => {
    if (paths.size === 0) return [];
    // YAML and the schema are loaded with the first config.
    const { configSnapshot } = await import('../config/config-snapshot.ts');
    return [...paths].flatMap((path) => snapshotOf(path, configSnapshot) ?? []);
  };
  return {
    ready: found.then(({ configs }) => {
      for (const path of configs) paths.add(path);
    }),
    all,
    naming: async (path) =>
      (await all()).flatMap((config) => {
        const written = config.yaml.get('model');
        if (typeof written !== 'string') return [];
        const [file, symbol] = splitModel(written);
        return besides(config.path, file) === path ? [{ config, symbol }] : [];
      }),
    changed(path) {
      if (files.stamp(path) === undefined) paths.delete(path);
      else paths.add(path);
      parsed.delete(path);
    },
  };
}
