// `quantlens quantize CONFIG`: post-training quantization alone.

import { resolve } from 'node:path';
import { Command } from 'commander';
import { printRun } from '../print-run.ts';
import { resultJson } from '../result-json.ts';
import { INTERRUPTED, runJob } from '../run-job.ts';
import { printJson } from '../terminal.ts';

export function quantizeCommand(exit: (code: number) => void): Command {
  return new Command('quantize')
    .description('quantize a trained model to int8 and compare its accuracy with float')
    .argument('<config>', 'a *.quant.yaml')
    .option('--json', 'print the result as one JSON object')
    .action(async (config: string, options: { json?: true }) => {
      const done = await runJob({ kind: 'quantize', config: resolve(config) });
      if (!done) return exit(INTERRUPTED);
      if (options.json) return printJson(resultJson(done));
      printRun(done.folder);
    });
}
