// `quantlens train CONFIG`: float, post-training int8 and quantization-aware training, side by side.

import { resolve } from 'node:path';
import { Command } from 'commander';
import { InputError } from '../../engine/errors.ts';
import { openRun } from '../../host/runs/run-folder.ts';
import type { JobRequest } from '../../protocol/job-request.ts';
import { printRun } from '../print-run.ts';
import { resultJson } from '../result-json.ts';
import { GATE_MISSED, gateMissed, INTERRUPTED, runJob } from '../run-job.ts';
import { printJson } from '../terminal.ts';

interface Options {
  readonly resume?: string;
  readonly json?: true;
}

export function trainCommand(exit: (code: number) => void): Command {
  return new Command('train')
    .description('train a model with quantization in the loop (QAT) and compare float, post-training and QAT accuracy')
    .argument('[config]', 'a *.quant.yaml')
    .option('--resume <run>', 'go on with a run that was ended before it was done, with the config it had')
    .option('--json', 'print the result as one JSON object')
    .action(async (config: string | undefined, options: Options) => {
      const done = await runJob(requestOf(config, options.resume));
      if (!done) return exit(INTERRUPTED);
      if (options.json) printJson(resultJson(done));
      else printRun(done.folder);
      if (gateMissed(done)) exit(GATE_MISSED);
    });
}

function requestOf(config: string | undefined, resume: string | undefined): JobRequest {
  if (resume !== undefined) {
    const { path, record } = openRun(process.cwd(), resume);
    return { kind: 'train', config: record.config, resume: path };
  }
  if (config !== undefined) return { kind: 'train', config: resolve(config) };
  throw new InputError('`quantlens train` needs a config (*.quant.yaml), or --resume with a run.');
}
