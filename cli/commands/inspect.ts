// `quantlens inspect RUN`: each layer's quantization error, measured anew where the run has no report that can be read.

import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import { modelExplorerNodeData, NODE_METRIC_NAMES, reportAsCsv } from '../../engine/error-analysis/exports.ts';
import type { ErrorReport } from '../../engine/error-analysis/report.ts';
import { InputError } from '../../engine/errors.ts';
import { displayPath, writeWhole } from '../../host/files/files.ts';
import { readReport } from '../../host/runs/read-report.ts';
import { openRun } from '../../host/runs/run-folder.ts';
import { worstLayers } from '../accuracy-table.ts';
import { INTERRUPTED, runJob } from '../run-job.ts';
import { print, printJson, say } from '../terminal.ts';

type Format = 'table' | 'csv' | 'json' | 'model-explorer';

interface Options {
  readonly again?: true;
  readonly sensitivity?: true;
  readonly format: Format;
  readonly output?: string;
  readonly metric: string;
  readonly json?: true;
}

export function inspectCommand(exit: (code: number) => void): Command {
  return new Command('inspect')
    .description('show the quantization error of each layer of a run, the worst first')
    .argument('<run>', 'id of a run in .quantlens/runs, or its folder')
    .option('--again', 'measure anew, also where the run has its report')
    .addOption(
      new Option(
        '--format <format>',
        'csv for spreadsheets, json for the whole report, model-explorer for its node data',
      )
        .choices(['table', 'csv', 'json', 'model-explorer'])
        .default('table'),
    )
    .addOption(
      new Option('--metric <metric>', 'of model-explorer: what its nodes show')
        .choices(NODE_METRIC_NAMES)
        .default('local-sqnr'),
    )
    .option('--output <file>', 'where to write it; without it, on standard output')
    .option('--sensitivity', 'measure also what each layer costs: restored to float alone, and quantized alone')
    .option('--json', 'print the layers as one JSON object, in the order in which they run')
    .action(async (run: string, options: Options) => {
      const { path } = openRun(process.cwd(), run);
      if (options.again || !hasReport(path, options)) {
        const sensitivity = options.sensitivity === true;
        if (!(await runJob({ kind: 'inspect', run: path, sensitivity }))) return exit(INTERRUPTED);
      }
      const report = readReport(path);
      const text = FORMATS[options.format](report, options.metric);
      if (options.output !== undefined) writeWhole(resolve(options.output), `${text}\n`);
      if (options.json) return printJson({ layers: report.layers });
      print(options.output === undefined ? text : displayPath(resolve(options.output)));
    });
}

const FORMATS: { readonly [format in Format]: (report: ErrorReport, metric: string) => string } = {
  table: (report) => worstLayers(report, report.layers.length),
  csv: (report) => reportAsCsv(report).trimEnd(),
  json: (report) => JSON.stringify(report, null, 2),
  'model-explorer': (report, metric) => JSON.stringify(modelExplorerNodeData(report, metric), null, 2),
};

function hasReport(folder: string, { sensitivity: wanted }: Options): boolean {
  try {
    const { sensitivity } = readReport(folder);
    return !wanted || (sensitivity !== undefined && sensitivity.images === sensitivity.total);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    say(`${error.message} Measuring the errors of the layers.`);
    return false;
  }
}
