// `quantlens train CONFIG`: float, post-training int8 and quantization-aware training, side by side.

import { resolve } from 'node:path';
import { Command } from 'commander';
import { printRun } from '../print-run.ts';
import { INTERRUPTED, runJob } from '../run-job.ts';
import { printJson } from '../terminal.ts';

export function trainCommand(exit: (code: number) => void): Command {
  return new Command('train')
    .description('train a model with quantization in the loop (QAT) and compare float, post-training and QAT accuracy')
    .argument('<config>', 'a *.quant.yaml')
    .option('--json', 'print the result as one JSON object')
    .action(async (config: string, options: { json?: true }) => {
      const done = await runJob({ kind: 'train', config: resolve(config) });
      if (!done) return exit(INTERRUPTED);
      const { accuracies, imagesPerSecond, folder } = done;
      if (options.json) return printJson({ ...accuracies, imagesPerSecond, run: folder });
      printRun(folder);
    });
}
