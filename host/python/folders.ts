// What lies in a folder, kept between runs: finding a module asks for many names, most of which are not there. A listing is read
// again when the folder's own time says that a name was added or taken away.

import { readdirSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

interface Listing {
  /** Time of the last change of the folder, ms. */
  readonly changed: number;
  /** Files, each with its path without links. */
  readonly files: ReadonlyMap<string, string>;
  /** The folder without links. */
  readonly real: string;
}

/** A view of the disk for one run, which asks about each folder once. */
export interface FolderView {
  isFolder(path: string): boolean;
  /** Names of the files in a folder. */
  names(folder: string): readonly string[];
  /** Path of a file without links; undefined where there is no such file. */
  realFile(path: string): string | undefined;
  /** Path of a folder without links; undefined where there is no such folder. */
  realFolder(path: string): string | undefined;
}

/** Shared by all runs of a process. */
export class Folders {
  readonly #known = new Map<string, Listing>();

  look(): FolderView {
    const seen = new Map<string, Listing | undefined>();
    const listing = (folder: string): Listing | undefined => {
      if (seen.has(folder)) return seen.get(folder);
      const found = this.#listing(folder);
      seen.set(folder, found);
      return found;
    };
    return {
      isFolder: (path) => listing(path) !== undefined,
      names: (folder) => [...(listing(folder)?.files.keys() ?? [])],
      realFile: (path) => listing(dirname(path))?.files.get(basename(path)),
      realFolder: (path) => listing(path)?.real,
    };
  }

  #listing(folder: string): Listing | undefined {
    const stats = statSync(folder, { throwIfNoEntry: false });
    if (!stats?.isDirectory()) return undefined;
    const known = this.#known.get(folder);
    if (known?.changed === stats.mtimeMs) return known;
    const listing = read(folder, stats.mtimeMs);
    if (listing) this.#known.set(folder, listing);
    return listing;
  }
}

/** A folder that may not be read is one that is not there. */
function read(folder: string, changed: number): Listing | undefined {
  try {
    const real = realpathSync(folder);
    const files = new Map<string, string>();
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const target = entry.isSymbolicLink() ? linkedFile(join(folder, entry.name)) : join(real, entry.name);
      if (target !== undefined && !entry.isDirectory()) files.set(entry.name, target);
    }
    return { changed, files, real };
  } catch {
    return undefined;
  }
}

/** The file that a link leads to, if it leads to one. */
function linkedFile(path: string): string | undefined {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ? realpathSync(path) : undefined;
}
