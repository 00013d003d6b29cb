// What the server reads of the workspace's folders: configs, models, runs.
import type { Connection } from 'vscode-languageserver';
import type { Activity } from '../activity.ts';
import { type Files, uriOf } from '../files.ts';
import { type ModelFiles, openModelFiles } from '../model/model-of-config.ts';
import { modelOfPython } from '../model/model-of-python.ts';
import { type PythonAnalyzer, pythonAnalyzer } from '../model/python.ts';
import { createRuns, type Runs } from '../runs.ts';
import type { Settings } from '../settings.ts';
import { type ConfigIndex, indexConfigs } from './config-index.ts';
import { findFiles } from './find-files.ts';
import { indexModels, type ModelIndex } from './model-index.ts';
import { readIndexed } from './read-index.ts';

export interface Workspace {
  readonly configs: ConfigIndex;
  readonly python: PythonAnalyzer;
  readonly modelIndex: ModelIndex;
  /** Models that configs name. */
  readonly models: ModelFiles;
  readonly runs: Runs;
}

export function openWorkspace(
  folders: readonly string[],
  files: Files,
  settings: Settings,
  activity: Activity,
  connection: Connection,
): Workspace {
  const found = findFiles(folders);
  const python = pythonAnalyzer(files, () => folders);
  const readFile = async (path: string) =>
    readIndexed(path, files, python, await settings.of(uriOf(folders[0] ?? path)));
  return {
    configs: indexConfigs(found, files),
    python,
    modelIndex: indexModels(found, readFile, activity, connection),
    models: openModelFiles(files, (path, symbol) => modelOfPython(path, symbol, { files, python, settings })),
    runs: createRuns(() => folders),
  };
}
