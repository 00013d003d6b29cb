// `quantlens inspect RUN`: each layer's quantization error.

import { Command } from 'commander';
import { readReport } from '../../host/runs/read-report.ts';
import { openRun } from '../../host/runs/run-folder.ts';
import { worstLayers } from '../accuracy-table.ts';
import { print, printJson } from '../terminal.ts';

export function inspectCommand(): Command {
  return new Command('inspect')
    .description('show the quantization error of each layer of a run, the worst first')
    .argument('<run>', 'id of a run in .quantlens/runs, or its folder')
    .option('--json', 'print the layers as one JSON object, in the order in which they run')
    .action((run: string, options: { json?: true }) => {
      const report = readReport(openRun(process.cwd(), run).path);
      if (options.json) return printJson({ layers: report.layers });
      print(worstLayers(report, report.layers.length));
    });
}
