// Finds the source files that imports name: in the given roots, in the folder of the importing file and in that of its package.
// Nothing outside these folders is read, and no file is executed.

import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import type { ResolvedModule, SourceFile, SourceReader } from '../../engine/keras/evaluate/source.ts';
import { sourceFile } from '../../engine/keras/evaluate/source-file.ts';
import type { OpenFile, PythonParser } from '../../engine/python/parser.ts';
import type { PythonModule } from '../../engine/python/syntax.ts';

/** What the reader asks of the disk; an editor answers for its open files. */
export interface SourceTexts {
  /** The text of a file; undefined where there is none. */
  read(path: string): string | undefined;
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
};

/** Parsed files by path, parsed anew when their text has changed: shared by all runs of a process. */
export class ParsedFiles {
  readonly #parser: PythonParser;
  readonly #texts: SourceTexts;
  readonly #files = new Map<string, SourceFile>();
  /** Files whose text has changed once: they are being edited and will change again. The latest last. */
  readonly #edited = new Map<string, OpenFile>();

  constructor(parser: PythonParser, texts: SourceTexts = DISK) {
    this.#parser = parser;
    this.#texts = texts;
  }

  file(path: string): SourceFile | undefined {
    const text = this.#texts.read(path);
    return text === undefined ? undefined : this.parse(path, text);
  }

  /** A file that was parsed before. */
  known(path: string): SourceFile | undefined {
    return this.#files.get(path);
  }

  parse(path: string, text: string): SourceFile {
    const known = this.#files.get(path);
    if (known && known.module.text === text) return known;
    const module = known ? this.#update(path, text) : this.#parser.parse(text);
    const file = sourceFile(path, module);
    this.#files.set(path, file);
    return file;
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
  return {
    resolve(dotted, level, from) {
      const key = `${level > 0 ? dirname(from) : ''}|${dirname(from)}|${level}|${dotted}`;
      if (!found.has(key)) found.set(key, resolve(files, roots, dotted, level, from));
      return found.get(key);
    },
    modulesBeside(path) {
      const top = packageRoot(path);
      const [name] = relative(top, dirname(path)).split(sep).filter(Boolean);
      if (name === undefined) return [];
      const modules = readdirSync(join(top, name)).filter((file) => file.endsWith('.py') && !file.startsWith('_'));
      return [name, ...modules.sort().map((file) => `${name}.${file.slice(0, -3)}`)];
    },
    parse: (path, text) => ({ ...files.parse(path, text), library: true }),
    packagesOf(path) {
      const top = packageRoot(path);
      const parts = relative(top, dirname(path)).split(sep).filter(Boolean);
      return parts.map((_, i) => parts.slice(0, i + 1).join('.'));
    },
  };
}

function resolve(
  files: ParsedFiles,
  roots: readonly string[],
  dotted: string,
  level: number,
  from: string,
): ResolvedModule | undefined {
  const parts = dotted === '' ? [] : dotted.split('.');
  const top = packageRoot(from);
  const allowed = [...roots, top];
  if (level > 0) {
    let folder = dirname(from);
    for (let i = 1; i < level; i++) folder = dirname(folder);
    return moduleAt(files, join(folder, ...parts), allowed);
  }
  for (const folder of [...roots, dirname(from), top]) {
    const module = moduleAt(files, join(folder, ...parts), allowed);
    if (module) return { ...module, name: dotted };
  }
  return undefined;
}

/** The folder in which the outermost package of a file lies. */
function packageRoot(file: string): string {
  let folder = dirname(file);
  while (isFile(join(folder, '__init__.py')) && dirname(folder) !== folder) folder = dirname(folder);
  return folder;
}

/** `path.py`, `path/__init__.py`, or a folder of a package without one. */
function moduleAt(files: ParsedFiles, path: string, allowed: readonly string[]): ResolvedModule | undefined {
  const root = allowed
    .filter((folder) => isInside(path, folder))
    .sort((a, b) => b.length - a.length)
    .at(-1);
  if (root === undefined) return undefined;
  const name = relative(root, path).split(sep).join('.');
  for (const [candidate, isPackage] of [
    [join(path, '__init__.py'), true],
    [`${path}.py`, false],
  ] as const) {
    if (!isFile(candidate) || !isReallyInside(candidate, allowed)) continue;
    const file = files.file(candidate);
    if (file) return { path: candidate, name, isPackage, file };
  }
  return isFolder(path) && isReallyInside(path, allowed) ? { path, name, isPackage: true } : undefined;
}

function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== '..' && !way.startsWith(`..${sep}`);
}

/** A link may not lead out of the folders. */
function isReallyInside(path: string, allowed: readonly string[]): boolean {
  try {
    const real = realpathSync(path);
    return allowed.some((folder) => isInside(real, realpathSync(folder)));
  } catch {
    return false;
  }
}

const isFile = (path: string): boolean => kindOf(path) === 'file';
const isFolder = (path: string): boolean => kindOf(path) === 'folder';

function kindOf(path: string): 'file' | 'folder' | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  return found?.isFile() ? 'file' : found?.isDirectory() ? 'folder' : undefined;
}
