// Python in the editor: the models that a text builds, run symbolically over files that are open or on disk.
import { dirname } from 'node:path';
import type { KerasVersion } from '../../engine/keras/catalogue/layer-spec.ts';
import { evaluateFile } from '../../engine/keras/evaluate/evaluate.ts';
import { type ApiCall, apiCalls } from '../../engine/rules/api-calls.ts';
import { kerasVersionOf } from '../../host/models/python-models.ts';
import { pythonParser } from '../../host/python/python-parser.ts';
import { ParsedFiles, sourceReader } from '../../host/python/source-reader.ts';
import type { Files } from '../files.ts';
import type { ModelsOfText } from './keras-json.ts';

export interface ModelsOfPython extends ModelsOfText {
  readonly calls: readonly ApiCall[];
  /** Paths of the files that imports led to. */
  readonly dependencies: ReadonlySet<string>;
}

export interface PythonAnalyzer {
  /** `version` is what a text means by `keras` that does not say it. */
  models(path: string, text: string, version: KerasVersion): Promise<ModelsOfPython>;
}

/** While typing, what takes longer is cut off with a reason. Milliseconds. */
const LONGEST_RUN = 500;

export function pythonAnalyzer(files: Files, roots: () => readonly string[]): PythonAnalyzer {
  let parsing: Promise<ParsedFiles> | undefined;
  const parsedFiles = (): Promise<ParsedFiles> => {
    parsing ??= pythonParser().then(
      (parser) => new ParsedFiles(parser, { read: (path) => files.readText(path), stamp: (path) => files.stamp(path) }),
    );
    return parsing;
  };
  return {
    async models(path, text, version) {
      const parsed = await parsedFiles();
      const file = parsed.parse(path, text);
      const {
        models,
        stopped,
        files: read,
      } = evaluateFile(file, {
        kerasVersion: version === 3 && !/\btf_keras\b/.test(text) ? 3 : kerasVersionOf(text),
        reader: sourceReader(parsed, [...roots(), dirname(path)]),
        callBuilders: true,
        budget: { milliseconds: LONGEST_RUN },
      });
      return {
        models,
        stopped,
        isBroken: file.module.errors.length > 0,
        calls: apiCalls(file.module, path),
        dependencies: new Set(read.filter((each) => each !== path)),
      };
    },
  };
}
