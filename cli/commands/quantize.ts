// `quantlens quantize CONFIG`: post-training quantization alone.

import { resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { printRun } from '../print-run.ts';
import { resultJson } from '../result-json.ts';
import { GATE_MISSED, gateMissed, INTERRUPTED, runJob } from '../run-job.ts';
import { print, printJson } from '../terminal.ts';

export function quantizeCommand(exit: (code: number) => void): Command {
  return new Command('quantize')
    .description('quantize a trained model to int8 and compare its accuracy with float')
    .argument('<config>', 'a *.quant.yaml')
    .option('--max-drop <points>', 'restore the worst layers until the score drops no more than this', points)
    .option('--json', 'print the result as one JSON object')
    .action(async (config: string, options: { json?: true; maxDrop?: number }) => {
      const limit = options.maxDrop === undefined ? {} : { maxDrop: options.maxDrop };
      const done = await runJob({ kind: 'quantize', config: resolve(config), ...limit });
      if (!done) return exit(INTERRUPTED);
      const { restored } = done;
      if (options.json) printJson({ ...resultJson(done), ...(restored ? { restored } : {}) });
      else {
        printRun(done.folder);
        for (const { reason } of restored?.layers ?? []) print(reason);
      }
      if (gateMissed(done)) exit(GATE_MISSED);
    });
}

function points(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= 0 && Number.isFinite(value)) return value;
  throw new InvalidArgumentError('Give the largest drop in points, such as 0.5.');
}
