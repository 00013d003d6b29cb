// Python in the editor: the models that a text builds, run symbolically over files that are open or on disk.
import type { KerasVersion } from '../../engine/keras/catalogue/layer-spec.ts';
import type { ApiCall } from '../../engine/rules/api-calls.ts';
import type { Files } from '../files.ts';
import type { ModelsOfText } from './keras-json.ts';

export interface ModelsOfPython extends ModelsOfText {
  readonly calls: readonly ApiCall[];
  /** Paths of the files that imports led to. */
  readonly dependencies: ReadonlySet<string>;
}

export interface PythonAnalyzer {
  models(path: string, text: string, version: KerasVersion): Promise<ModelsOfPython>;
  /** Frees what is kept of a text for the next version of it. */
  close(path: string): void;
}

export function pythonAnalyzer(_files: Files, _roots: () => readonly string[]): PythonAnalyzer {
  return {
    models: async () => ({ models: [], stopped: [], isBroken: false, calls: [], dependencies: new Set() }),
    close: () => {},
  };
}
