// Where the run reads source from: the host answers, so that nothing outside the workspace and the given roots is read.

import type { PythonModule } from '../../python/syntax.ts';

/** A parsed file of the run. */
export interface SourceFile {
  readonly path: string;
  readonly module: PythonModule;
  readonly lineStarts: Uint32Array;
  /** Part of the tool or of a package of Keras itself: its lines are not the user's. */
  readonly library?: boolean;
}

/** Reads the files that imports name. Paths are the host's own and opaque to the engine. */
export interface SourceReader {
  /**
   * The file of a module, or undefined where no root has it. `dotted` is `package.module`; `from` is the importing file,
   * whose own folder is searched too; `level` counts the leading dots of a relative import.
   */
  resolve(dotted: string, level: number, from: string): ResolvedModule | undefined;
  /** Dotted names of a file's outermost package and of the modules in that package's folder. */
  modulesBeside?(path: string): readonly string[];
  /** Parses a text of the library's own. */
  parse?(path: string, text: string): SourceFile;
  /** Dotted names of the packages that a file lies in, outermost first. */
  packagesOf?(path: string): readonly string[];
  /** Whether a path that a script asks for exists in the workspace; undefined where it may not be asked. */
  exists?(path: string, from: string): boolean | undefined;
}

export interface ResolvedModule {
  /** The file, or the folder of a package without `__init__.py`. */
  readonly path: string;
  /** Its name from its root, `package.module`; what its own relative imports start from. */
  readonly name: string;
  readonly isPackage: boolean;
  /** Undefined in a package without `__init__.py`. */
  readonly file?: SourceFile;
}

/** A reader that finds nothing: a single text. */
export const NO_SOURCES: SourceReader = { resolve: () => undefined };
