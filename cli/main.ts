// The command line. Each command is a file of its own; this is the one list of them, and the one place that ends the process.
// Exit codes: 0 done, 1 findings or a gate missed, 2 wrong use or bad input, 130 interrupted.

import { Command, CommanderError } from 'commander';
import { adviseCommand } from './commands/advise.ts';
import { checkCommand } from './commands/check.ts';
import { compareCommand } from './commands/compare.ts';
import { doctorCommand } from './commands/doctor.ts';
import { exportCommand } from './commands/export.ts';
import { graphCommand } from './commands/graph.ts';
import { inspectCommand } from './commands/inspect.ts';
import { quantizeCommand } from './commands/quantize.ts';
import { simulateCommand } from './commands/simulate.ts';
import { trainCommand } from './commands/train.ts';
import { sayFailure } from './terminal.ts';

const COMMANDS = [
  graphCommand,
  checkCommand,
  quantizeCommand,
  trainCommand,
  simulateCommand,
  inspectCommand,
  adviseCommand,
  compareCommand,
  exportCommand,
  doctorCommand,
];

declare const QUANTLENS_VERSION: string;

async function main(): Promise<number> {
  const program = new Command('quantlens')
    .description('Quantize Keras models to int8 .tflite, train them for it, and see what it costs, layer by layer.')
    .version(QUANTLENS_VERSION)
    .showHelpAfterError('(quantlens --help lists the commands and their options)')
    .exitOverride();
  let exitCode = 0;
  for (const command of COMMANDS) {
    const each = command((code) => {
      exitCode = code;
    }).copyInheritedSettings(program);
    program.addCommand(each.showHelpAfterError(`(quantlens ${each.name()} --help says what there is)`));
  }
  try {
    await program.parseAsync();
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    sayFailure(error);
    return 2;
  }
}

// Who reads the output has enough of it: `quantlens graph model.py | head`.
process.stdout.on('error', (error) => {
  if (!('code' in error) || error.code !== 'EPIPE') throw error;
  process.exit();
});
// Output may be a pipe that still has to drain: the code is set, the process ends by itself.
process.exitCode = await main();
