// `quantlens compare RUN RUN…`: runs side by side, with what their configs and sources differ in.

import { Command } from 'commander';
import { InputError } from '../../engine/errors.ts';
import { runToCompare } from '../../host/runs/compared-runs.ts';
import { compareRuns, type RunComparison, type RunToCompare } from '../../protocol/run-comparison.ts';
import { comparisonText } from '../comparison-text.ts';
import { print, printJson } from '../terminal.ts';

interface Options {
  readonly layers?: true;
  readonly json?: true;
}

export function compareCommand(): Command {
  return new Command('compare')
    .description(
      'show runs side by side: scores, sizes, costs, speed, each layer, and what config and source differ in',
    )
    .argument(
      '<run...>',
      'two or more ids of runs in .quantlens/runs, or their folders; the others are compared with the first',
    )
    .option('--layers', 'show every layer, not only those that changed most')
    .option('--json', 'print the comparison as one JSON object')
    .action((names: string[], options: Options) => {
      if (names.length < 2) throw new InputError('`quantlens compare` needs two runs or more.');
      const runs = names.map((name) => runToCompare(process.cwd(), name));
      const comparison = compareRuns(runs);
      if (options.json) printJson(comparisonJson(runs, comparison));
      else print(comparisonText(runs, comparison, options.layers === true));
    });
}

/** JSON has no infinity: a layer without any error has the text `exact`. */
function comparisonJson(runs: readonly RunToCompare[], { layers, ...others }: RunComparison): object {
  const exact = (values: readonly (number | null)[]) =>
    values.map((value) => (value === Number.POSITIVE_INFINITY ? 'exact' : value));
  return {
    runs: runs.map(({ record: { id, label, kind, status, started, revision } }) => ({
      id,
      label,
      kind,
      status,
      started,
      revision,
    })),
    ...others,
    layers: layers.map(({ name, local, accumulated }) => ({
      name,
      local: exact(local),
      accumulated: exact(accumulated),
    })),
  };
}
