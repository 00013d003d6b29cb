// The corpus: real model files, and the graphs that Keras itself built of them.

import { readdirSync, readFileSync } from 'node:fs';
import { join, normalize } from 'node:path';
import type { KerasVersion } from '../../engine/keras/catalogue/layer-spec.ts';

interface OracleLayer {
  readonly name: string;
  readonly class: string;
  readonly output_shape: unknown;
  readonly params: number | null;
  readonly inbound: readonly unknown[];
}

export interface Oracle {
  readonly id: string;
  readonly status: string;
  readonly flavor: string;
  readonly source: {
    readonly type: string;
    readonly package?: string;
    readonly version?: string;
    readonly repo?: string;
    readonly commit?: string;
    readonly path: string;
  };
  readonly entry: { readonly kind: string; readonly expr?: string };
  readonly pre?: string | null;
  readonly post?: string | null;
  readonly roots?: readonly string[] | null;
  readonly models: readonly { readonly layers: readonly OracleLayer[] }[];
}

/** What is run of an item of the corpus. */
export interface CorpusFile {
  readonly path: string;
  readonly text: string;
  readonly roots: readonly string[];
  readonly entry: string | undefined;
  readonly kerasVersion: KerasVersion;
}

/** The items that Keras could build, by name. */
export function readOracles(folder: string, only: string): readonly Oracle[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json') && name.includes(only))
    .sort()
    .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Oracle)
    .filter(({ status }) => status === 'ok');
}

/** The file of an item; `sources` is the folder of the packages. */
export function corpusFile(oracle: Oracle, sources: string): CorpusFile {
  const { source, entry } = oracle;
  const root =
    source.type === 'package'
      ? join(sources, `${source.package}==${source.version}`)
      : join(sources, `${source.repo!.replaceAll('/', '+')}@${source.commit!.slice(0, 12)}`);
  const more = (oracle.roots ?? []).map((path) =>
    path.startsWith('@package/') ? join(sources, path.slice('@package/'.length)) : normalize(join(root, path)),
  );
  const path = join(root, source.path);
  const parts = [oracle.pre, readFileSync(path, 'utf8'), oracle.post];
  return {
    path,
    text: parts.filter((part) => part !== null && part !== undefined).join('\n'),
    roots: [root, ...more],
    entry: entry.kind === 'expr' ? entry.expr : undefined,
    kerasVersion: oracle.flavor === 'keras3' ? 3 : 2,
  };
}
