// `quantlens inspect RUN`: each layer's quantization error, measured anew where the run has no report that can be read.

import { Command } from 'commander';
import { InputError } from '../../engine/errors.ts';
import { readReport } from '../../host/runs/read-report.ts';
import { openRun } from '../../host/runs/run-folder.ts';
import { worstLayers } from '../accuracy-table.ts';
import { INTERRUPTED, runJob } from '../run-job.ts';
import { print, printJson, say } from '../terminal.ts';

interface Options {
  readonly again?: true;
  readonly json?: true;
}

export function inspectCommand(exit: (code: number) => void): Command {
  return new Command('inspect')
    .description('show the quantization error of each layer of a run, the worst first')
    .argument('<run>', 'id of a run in .quantlens/runs, or its folder')
    .option('--again', 'measure anew, also where the run has its report')
    .option('--json', 'print the layers as one JSON object, in the order in which they run')
    .action(async (run: string, options: Options) => {
      const { path } = openRun(process.cwd(), run);
      if (options.again || !hasReport(path)) {
        if (!(await runJob({ kind: 'inspect', run: path }))) return exit(INTERRUPTED);
      }
      const report = readReport(path);
      if (options.json) return printJson({ layers: report.layers });
      print(worstLayers(report, report.layers.length));
    });
}

function hasReport(folder: string): boolean {
  try {
    readReport(folder);
    return true;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    say(`${error.message} Measuring the errors of the layers.`);
    return false;
  }
}
