// `quantlens export RUN --format …`: the run's int8 or float model as a file, its weights in a copy of the Keras file, or its ranges.

import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import { displayPath } from '../../host/files/files.ts';
import { defaultOutput, exportRun } from '../../host/job/export-run.ts';
import type { ExportFormat, KerasWeightsForm } from '../../protocol/job-request.ts';
import { INTERRUPTED, runJob } from '../run-job.ts';
import { print, printJson } from '../terminal.ts';

interface Options {
  readonly format: ExportFormat;
  readonly output?: string;
  readonly weights: KerasWeightsForm;
  readonly json?: true;
}

export function exportCommand(): Command {
  return new Command('export')
    .description(
      'write the int8 model of a run as a .tflite file or a C array, its float model with int8 or float16 weights, its trained weights as a Keras file, or its ranges as JSON',
    )
    .argument('<run>', 'id of a run in .quantlens/runs, or its folder')
    .addOption(
      new Option('--format <format>', 'what to write')
        .choices(['tflite', 'c', 'keras', 'ranges', 'aimet', 'dynamic-range', 'float16'])
        .default('tflite'),
    )
    .option('--output <file>', 'where to write it; without it, a file named after the run in the current folder')
    .addOption(
      new Option('--weights <form>', 'of keras: as they were trained, or as the integer program rounds them')
        .choices(['float', 'fake-quantized'])
        .default('float'),
    )
    .option('--json', 'print the files that were written as one JSON object')
    .action(async (run: string, { format, output: given, weights, json }: Options) => {
      const root = process.cwd();
      const output = given === undefined ? defaultOutput(root, run, format) : resolve(given);
      const files = await written(root, run, format, output, weights);
      if (!files) return;
      if (json) return printJson({ files });
      for (const file of files) print(displayPath(file));
    });
}

/** The files; undefined where the job was cancelled. */
async function written(
  root: string,
  run: string,
  format: ExportFormat,
  output: string,
  weights: KerasWeightsForm,
): Promise<readonly string[] | undefined> {
  if (format !== 'keras') return exportRun(root, run, format, output);
  if (await runJob({ kind: 'export', run, format, output, weights })) return [output];
  process.exitCode = INTERRUPTED;
  return undefined;
}
