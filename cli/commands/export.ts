// `quantlens export RUN --format tflite|c`: the run's int8 model as a file.

import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import { displayPath } from '../../host/files/files.ts';
import { defaultOutput, exportRun } from '../../host/job/export-run.ts';
import type { ExportFormat } from '../../protocol/job-request.ts';
import { print, printJson } from '../terminal.ts';

export function exportCommand(): Command {
  return new Command('export')
    .description('write the int8 model of a run as a .tflite file or a C array')
    .argument('<run>', 'id of a run in .quantlens/runs, or its folder')
    .addOption(new Option('--format <format>', 'what to write').choices(['tflite', 'c']).default('tflite'))
    .option('--output <file>', 'where to write it; without it, a file named after the run in the current folder')
    .option('--json', 'print the files that were written as one JSON object')
    .action((run: string, options: { format: ExportFormat; output?: string; json?: true }) => {
      const root = process.cwd();
      const output = options.output === undefined ? defaultOutput(root, run, options.format) : resolve(options.output);
      const files = exportRun(root, run, options.format, output);
      if (options.json) return printJson({ files });
      for (const file of files) print(displayPath(file));
    });
}
