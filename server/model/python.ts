// Python in the editor: the models that a text builds, run symbolically over files that are open or on disk.
import { dirname } from 'node:path';
import type { KerasVersion } from '../../engine/keras/catalogue/layer-spec.ts';
import { evaluateFile } from '../../engine/keras/evaluate/evaluate.ts';
import { type ApiCall, apiCalls } from '../../engine/rules/api-calls.ts';
import { count } from '../../engine/rules/words.ts';
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
  /** The same for a file that is not open: its tree is not kept for a next edit. */
  modelsOnce(path: string, text: string, version: KerasVersion): Promise<ModelsOfPython>;
  /** The file is no longer edited. */
  close(path: string): void;
}

/** Longer texts take more than half a second to parse; models have a tenth of it. Characters. */
const LONGEST = 250_000;
/** While typing, what takes longer is cut off with a reason. Milliseconds. */
const LONGEST_RUN = 500;
/** Of a file that nobody has opened, ms. */
const LONGEST_RUN_ONCE = 200;
/** Files that are read one after the other share the trees of what they import, for so many of them. */
const SHARED = 16;

export function pythonAnalyzer(files: Files, roots: () => readonly string[]): PythonAnalyzer {
  const newFiles = async (): Promise<ParsedFiles> =>
    new ParsedFiles(await pythonParser(), {
      read(path) {
        const text = files.readText(path);
        return text !== undefined && text.length <= LONGEST ? text : undefined;
      },
      stamp: (path) => files.stamp(path),
    });
  let edited: Promise<ParsedFiles> | undefined;
  let passing: Promise<ParsedFiles> | undefined;
  let passed = 0;
  return {
    async models(path, text, version) {
      edited ??= newFiles();
      return run(await edited, path, text, version, roots(), LONGEST_RUN);
    },
    async modelsOnce(path, text, version) {
      if (passed++ % SHARED === 0) passing = newFiles();
      passing ??= newFiles();
      return run(await passing, path, text, version, roots(), LONGEST_RUN_ONCE);
    },
    close: (path) => void edited?.then((parsed) => parsed.forget(path)),
  };
}

function run(
  parsed: ParsedFiles,
  path: string,
  text: string,
  version: KerasVersion,
  roots: readonly string[],
  milliseconds: number,
): ModelsOfPython {
  if (text.length > LONGEST) return tooLong(text);
  const file = parsed.parse(path, text);
  const evaluation = evaluateFile(file, {
    kerasVersion: version === 3 && !/\btf_keras\b/.test(text) ? 3 : kerasVersionOf(text),
    reader: sourceReader(parsed, [...roots, dirname(path)]),
    callBuilders: true,
    budget: { milliseconds },
  });
  return {
    models: evaluation.models,
    stopped: evaluation.stopped,
    isBroken: file.module.errors.length > 0,
    calls: apiCalls(file.module, path),
    dependencies: new Set(evaluation.files.filter((each) => each !== path)),
  };
}

function tooLong({ length }: string): ModelsOfPython {
  const reason = `The file has ${count(length)} characters; an editor reads up to ${count(LONGEST)}, \`quantlens check\` more`;
  return { models: [], stopped: [{ line: 1, reason }], isBroken: false, calls: [], dependencies: new Set() };
}
