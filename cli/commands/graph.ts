// `quantlens graph MODEL`: the layers of a model, as Keras's summary shows them.

import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import type { Stop } from '../../engine/keras/model.ts';
import type { PythonModule } from '../../engine/python/syntax.ts';
import { loadModel } from '../../host/models/load-model.ts';
import { isPython, pythonModels } from '../../host/models/python-models.ts';
import { modelJson } from '../graph-json.ts';
import { modelSummary } from '../summary.ts';
import { print, printJson } from '../terminal.ts';
import { tfliteJson, tfliteSummary } from '../tflite-graph.ts';

interface Options {
  readonly json?: true;
  readonly entry?: string;
  readonly root: readonly string[];
  readonly keras?: '2' | '3';
}

export function graphCommand(): Command {
  return new Command('graph')
    .description('print the layers of a model: shapes, parameters and what they are connected to')
    .argument('<model>', 'a .py file, a notebook, a .keras, .h5 or Keras .json file, or a .tflite')
    .option('--entry <expression>', 'in Python: what builds the model, such as "build_model(10)"')
    .addOption(
      new Option('--root <folder>', 'in Python: a further folder of imports; repeat it for each')
        .argParser((folder, all: readonly string[]) => [...all, folder])
        .default([], 'the file’s own'),
    )
    .addOption(new Option('--keras <version>', 'in Python: the version of Keras').choices(['2', '3']))
    .option('--json', 'print the models as one JSON object')
    .action(async (path: string, options: Options) => {
      if (isPython(path)) return printPython(resolve(path), options);
      const opened = await loadModel(resolve(path));
      if (opened.kind === 'keras') {
        if (options.json) return printJson({ models: [modelJson(opened.model)] });
        return print(modelSummary(opened.model));
      }
      if (options.json) return printJson({ subgraphs: opened.model.subgraphs.map(tfliteJson) });
      for (const graph of opened.model.subgraphs) print(tfliteSummary(graph));
    });
}

async function printPython(path: string, options: Options): Promise<void> {
  const { models, stopped, module } = await pythonModels(path, {
    roots: options.root.map((folder) => resolve(folder)),
    ...(options.entry !== undefined && { entry: options.entry }),
    ...(options.keras && { kerasVersion: options.keras === '2' ? 2 : 3 }),
  });
  if (options.json) return printJson({ models: models.map(modelJson), stopped: stopped.map(stopJson) });
  for (const model of models) print(modelSummary(model));
  if (models.length === 0) print(`No model was found.${adviceFor(module)}`);
  for (const stop of stopped) print(`  line ${stop.line}: ${stop.reason}`);
}

/** A file of builder functions builds nothing until one is called. */
function adviceFor({ body, text }: PythonModule): string {
  const builders = body.flatMap((statement) =>
    statement.kind === 'function' && /Model\(|Sequential\(/.test(text.slice(statement.start, statement.end))
      ? [statement.name]
      : [],
  );
  if (builders.length === 0) return '';
  const [first, ...others] = builders;
  const more = others.length === 0 ? '' : ` (also: ${others.join(', ')})`;
  return ` The file only defines functions that build one: say which to call with --entry "${first}()"${more}.`;
}

const stopJson = ({ line, reason, at }: Stop) => ({ line, reason, ...(at && { file: at.file }) });
