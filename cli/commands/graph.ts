// `quantlens graph MODEL`: the layers of a model, as Keras's summary shows them.

import { resolve } from 'node:path';
import { Command } from 'commander';
import { loadModel } from '../../host/models/load-model.ts';
import { modelJson } from '../graph-json.ts';
import { modelSummary } from '../summary.ts';
import { print, printJson } from '../terminal.ts';
import { tfliteJson, tfliteSummary } from '../tflite-graph.ts';

export function graphCommand(): Command {
  return new Command('graph')
    .description('print the layers of a model: shapes, parameters and what they are connected to')
    .argument('<model>', 'a .keras, .h5 or Keras .json file, or a .tflite')
    .option('--json', 'print the models as one JSON object')
    .action(async (path: string, options: { json?: true }) => {
      const opened = await loadModel(resolve(path));
      if (opened.kind === 'keras') {
        if (options.json) return printJson({ models: [modelJson(opened.model)] });
        return print(modelSummary(opened.model));
      }
      if (options.json) return printJson({ subgraphs: opened.model.subgraphs.map(tfliteJson) });
      for (const graph of opened.model.subgraphs) print(tfliteSummary(graph));
    });
}
