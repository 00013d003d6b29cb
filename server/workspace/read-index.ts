// What the index keeps of a Python file: its models, each with the place that makes it.
import type { ServerSettings } from '../../protocol/language-server.ts';
import type { Files } from '../files.ts';
import { layersByPath } from '../model/layer-paths.ts';
import type { PythonAnalyzer } from '../model/python.ts';
import { buildersOf } from '../model/reference.ts';
import type { IndexedModel } from './model-index.ts';

/** Larger files are data or generated. Characters. */
const LONGEST = 500_000;

export async function readIndexed(
  path: string,
  files: Files,
  python: PythonAnalyzer,
  { kerasVersion }: ServerSettings,
): Promise<readonly IndexedModel[]> {
  const text = files.readText(path);
  if (text === undefined || text.length > LONGEST || !/\b(keras|tensorflow)\b/.test(text)) return [];
  const { models } = await python.modelsOnce(path, text, kerasVersion);
  return models.map((model) => {
    const reference = model.variable ?? buildersOf(model, { path, text })[0];
    return {
      path,
      name: model.name,
      ...(reference !== undefined && { reference }),
      line: (model.origin?.at.file === path ? model.origin.at.line : 1) - 1,
      layers: layersByPath(model).size,
    };
  });
}
