// Finds the source files that imports name: in the given roots, in the folder of the importing file and in that of its package.
// Nothing outside these folders is read, and no file is executed.

import { readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import type { ResolvedModule, SourceFile, SourceReader } from '../../engine/keras/evaluate/source.ts';
import { sourceFile } from '../../engine/keras/evaluate/source-file.ts';
import type { OpenFile, PythonParser } from '../../engine/python/parser.ts';
import type { PythonModule } from '../../engine/python/syntax.ts';
import { Folders, type FolderView } from './folders.ts';

/** What the reader asks of the disk; an editor answers for its open files. */
export interface SourceTexts {
  /** The text of a file; undefined where there is none. */
  read(path: string): string | undefined;
  /** Changes whenever the text of a file may have; undefined where there is no file. */
  stamp?(path: string): string | undefined;
}

/** Larger files are data, not models. Bytes. */
const LARGEST = 4_000_000;

/** Trees that are kept to parse the next edit from. */
const MOST_EDITED = 8;

/** Files on the disk. */
export const DISK: SourceTexts = {
  read(path) {
    try {
      if (statSync(path).size > LARGEST) return undefined;
      return readFileSync(path, 'utf8');
    } catch {
      return undefined;
    }
  },
  stamp(path) {
    const stats = statSync(path, { throwIfNoEntry: false });
    return stats && `${stats.mtimeMs}:${stats.size}`;
  },
};

/** Parsed files by path, parsed anew when their text has changed: shared by all runs of a process. */
export class ParsedFiles {
  readonly #parser: PythonParser;
  readonly #texts: SourceTexts;
  readonly #files = new Map<string, SourceFile>();
  readonly #libraries = new Map<string, SourceFile>();
  /** Stamp of each file's text when it was read last. */
  readonly #stamps = new Map<string, string>();
  /** What lies where, as far as imports have asked. */
  readonly folders = new Folders();
  /** Files whose text has changed once: they are being edited and will change again. The latest last. */
  readonly #edited = new Map<string, OpenFile>();

  constructor(parser: PythonParser, texts: SourceTexts = DISK) {
    this.#parser = parser;
    this.#texts = texts;
  }

  file(path: string): SourceFile | undefined {
    const stamp = this.#texts.stamp?.(path);
    if (stamp !== undefined && stamp === this.#stamps.get(path)) return this.#files.get(path);
    const text = this.#texts.read(path);
    if (text === undefined) return undefined;
    const file = this.parse(path, text);
    if (stamp !== undefined) this.#stamps.set(path, stamp);
    return file;
  }

  /** A file that was parsed before. */
  known(path: string): SourceFile | undefined {
    return this.#files.get(path);
  }

  parse(path: string, text: string): SourceFile {
    const known = this.#files.get(path);
    if (known && known.module.text === text) return known;
    this.#stamps.delete(path);
    const module = known ? this.#update(path, text) : this.#parser.parse(text);
    const file = sourceFile(path, module);
    this.#files.set(path, file);
    return file;
  }

  /** Files that were read, without the library's own. */
  read(): { readonly path: string; readonly text: string }[] {
    return [...this.#files].flatMap(([path, { module }]) =>
      this.#libraries.has(path) || path.startsWith('<') ? [] : [{ path, text: module.text }],
    );
  }

  /** A text of the library's own. */
  library(path: string, text: string): SourceFile {
    const known = this.#libraries.get(path);
    if (known && known.module.text === text) return known;
    const file: SourceFile = { ...this.parse(path, text), library: true };
    this.#libraries.set(path, file);
    return file;
  }

  /** Lets go of a file that is no longer edited. */
  forget(path: string): void {
    this.#files.delete(path);
    this.#stamps.delete(path);
    this.#edited.get(path)?.close();
    this.#edited.delete(path);
  }

  /** Parses only what the edit has changed. */
  #update(path: string, text: string): PythonModule {
    const open = this.#edited.get(path) ?? this.#parser.open(text);
    this.#edited.delete(path);
    this.#edited.set(path, open);
    const [oldest] = this.#edited;
    if (this.#edited.size > MOST_EDITED) {
      oldest[1].close();
      this.#edited.delete(oldest[0]);
    }
    return open.update(text);
  }
}

export function sourceReader(files: ParsedFiles, roots: readonly string[]): SourceReader {
  const found = new Map<string, ResolvedModule | undefined>();
  const folders = files.folders.look();
  const packageRootOf = remember((folder: string) => packageRoot(folders, folder));
  return {
    resolve(dotted, level, from) {
      const folder = dirname(from);
      const key = `${folder}|${level}|${dotted}`;
      if (!found.has(key)) {
        const search: Search = { files, folders, roots, folder, top: packageRootOf(folder) };
        found.set(key, resolve(search, dotted, level));
      }
      return found.get(key);
    },
    modulesBeside(path) {
      const top = packageRootOf(dirname(path));
      const [name] = relative(top, dirname(path)).split(sep).filter(Boolean);
      if (name === undefined) return [];
      const modules = folders.names(join(top, name)).filter((file) => file.endsWith('.py') && !file.startsWith('_'));
      return [name, ...modules.toSorted().map((file) => `${name}.${file.slice(0, -3)}`)];
    },
    parse: (path, text) => files.library(path, text),
    packagesOf(path) {
      const parts = relative(packageRootOf(dirname(path)), dirname(path))
        .split(sep)
        .filter(Boolean);
      return parts.map((_, i) => parts.slice(0, i + 1).join('.'));
    },
  };
}

function remember<T>(make: (key: string) => T): (key: string) => T {
  const made = new Map<string, T>();
  return (key) => {
    if (!made.has(key)) made.set(key, make(key));
    return made.get(key)!;
  };
}

/** Where one file's imports are looked up. */
interface Search {
  readonly files: ParsedFiles;
  readonly folders: FolderView;
  readonly roots: readonly string[];
  /** Folder of the importing file. */
  readonly folder: string;
  /** Folder in which that file's outermost package lies. */
  readonly top: string;
}

function resolve(search: Search, dotted: string, level: number): ResolvedModule | undefined {
  const parts = dotted === '' ? [] : dotted.split('.');
  const { roots, folder, top } = search;
  if (level > 0) {
    let base = folder;
    for (let i = 1; i < level; i++) base = dirname(base);
    return moduleAt(search, join(base, ...parts));
  }
  for (const base of new Set([...roots, folder, top])) {
    const module = moduleAt(search, join(base, ...parts));
    if (module) return { ...module, name: dotted };
  }
  return undefined;
}

/** The folder in which the outermost package lies that a folder is part of. */
function packageRoot(folders: FolderView, folder: string): string {
  let at = folder;
  while (folders.realFile(join(at, '__init__.py')) !== undefined && dirname(at) !== at) at = dirname(at);
  return at;
}

/** `path.py`, `path/__init__.py`, or a folder of a package without one. */
function moduleAt(search: Search, path: string): ResolvedModule | undefined {
  const { files, folders, roots, top } = search;
  const allowed = [...roots, top];
  let root: string | undefined;
  for (const folder of allowed)
    if (isInside(path, folder) && (root === undefined || folder.length <= root.length)) root = folder;
  if (root === undefined) return undefined;
  const isReallyInside = (real: string | undefined): boolean =>
    real !== undefined &&
    allowed.some((folder) => {
      const realFolder = folders.realFolder(folder);
      return realFolder !== undefined && isInside(real, realFolder);
    });
  const name = relative(root, path).split(sep).join('.');
  for (const [candidate, isPackage] of [
    [join(path, '__init__.py'), true],
    [`${path}.py`, false],
  ] as const) {
    if (!isReallyInside(folders.realFile(candidate))) continue;
    const file = files.file(candidate);
    if (file) return { path: candidate, name, isPackage, file };
  }
  return isReallyInside(folders.realFolder(path)) ? { path, name, isPackage: true } : undefined;
}

function isInside(path: string, folder: string): boolean {
  if (path.startsWith(folder) && (path.length === folder.length || path[folder.length] === sep || folder.endsWith(sep)))
    return true;
  const way = relative(folder, path);
  return way !== '..' && !way.startsWith(`..${sep}`);
}
