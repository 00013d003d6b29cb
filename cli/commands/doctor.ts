// `quantlens doctor`: which kernels train here, on how many threads, and how fast they are.

import { Command } from 'commander';
import { measureGflops } from '../../host/kernels/measure-kernels.ts';
import { chooseBackend } from '../../host/kernels/open-backend.ts';
import { print, printJson } from '../terminal.ts';

export function doctorCommand(): Command {
  return new Command('doctor')
    .description('print which kernels are used on this machine, the threads and the measured GFLOP/s')
    .option('--json', 'print one JSON object')
    .action((options: { readonly json?: true }) => {
      const { backend, variant, attempts } = chooseBackend();
      const gflops = Number(measureGflops(backend).toFixed(1));
      const { node, v8 } = process.versions;
      const machine = { node, v8, platform: `${process.platform}-${process.arch}` };
      const tried = attempts.map(({ variant: { name }, problem }) => ({ name, problem }));
      if (options.json) {
        return printJson({
          ...machine,
          kernels: variant?.name ?? 'reference',
          threads: backend.threads,
          gflops,
          tried,
        });
      }
      print(`Node ${node}, V8 ${v8}, ${machine.platform}`);
      print(`Kernels: ${backend.name}`);
      print(`Convolution 3×3, 32 to 32 channels: ${gflops} GFLOP/s`);
      for (const { name, problem } of tried) if (problem !== null) print(`Not used: ${name}, because ${problem}.`);
    });
}
