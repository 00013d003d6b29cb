// `quantlens advise RUN`: mixes of bits by size and expected error, and the config of the one that keeps to a budget.

import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { Command } from 'commander';
import { addOverrides, type OverrideEntry } from '../../engine/config/add-overrides.ts';
import { type Budget, withinBudget } from '../../engine/error-analysis/advice.ts';
import type { AdvicePoint, AdviceReport } from '../../engine/error-analysis/advice-report.ts';
import { InputError } from '../../engine/errors.ts';
import { displayPath, writeWhole } from '../../host/files/files.ts';
import { readAdvice } from '../../host/runs/advice-file.ts';
import { formatBytes } from '../../host/runs/format.ts';
import { openRun } from '../../host/runs/run-folder.ts';
import { INTERRUPTED, runJob } from '../run-job.ts';
import { formatTable } from '../table.ts';
import { print, printJson } from '../terminal.ts';

interface Options {
  readonly again?: true;
  readonly maxLoss?: number;
  readonly minSqnr?: number;
  readonly maxSize?: number;
  readonly write?: string;
  readonly json?: true;
}

export function adviseCommand(exit: (code: number) => void): Command {
  return new Command('advise')
    .description('measure what fewer bits cost each layer, and find the bits that keep to a size or a loss')
    .argument('<run>', 'id of a run in .quantlens/runs, or its folder')
    .option('--max-loss <points>', 'hundredths of the score that may be lost, as is to be expected', asNumber)
    .option('--min-sqnr <dB>', 'least SQNR of the output, as is to be expected', asNumber)
    .option('--max-size <KiB>', 'most KiB of all weights', asNumber)
    .option('--write <file>', "the run's config with these bits in it; beside the config, since its paths are relative")
    .option('--again', 'measure anew, also where the run has been measured')
    .option('--json', 'print all mixes, and the one that is taken, as one JSON object')
    .action(async (run: string, options: Options) => {
      const { path, record } = openRun(process.cwd(), run);
      const budget = budgetOf(options);
      if (options.write !== undefined && budget === undefined) {
        throw new InputError(
          'Nothing says which mix to write: give --max-loss, --min-sqnr or --max-size with --write.',
        );
      }
      if (options.again || !existsSync(join(path, 'advice.json'))) {
        if (!(await runJob({ kind: 'inspect', run: path, advice: true }))) return exit(INTERRUPTED);
      }
      const advice = readAdvice(path);
      const taken = budget && taking(advice, budget);
      if (taken && options.write !== undefined) writeConfig(taken, record.config, resolve(options.write));
      if (options.json) return printJson({ points: advice.points, ...(taken ? { taken } : {}) });
      print(mixes(advice, taken));
      if (options.write !== undefined) print(displayPath(resolve(options.write)));
    });
}

function asNumber(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value)) return value;
  throw new InputError(`"${text}" is not a number.`);
}

function budgetOf({ maxLoss, minSqnr, maxSize }: Options): Budget | undefined {
  const budgets: Budget[] = [
    ...(maxLoss === undefined ? [] : [{ loss: maxLoss / 100 }]),
    ...(minSqnr === undefined ? [] : [{ sqnr: minSqnr }]),
    ...(maxSize === undefined ? [] : [{ bytes: maxSize * 1024 }]),
  ];
  if (budgets.length > 1) throw new InputError('Give one of --max-loss, --min-sqnr and --max-size, not several.');
  return budgets[0];
}

function taking({ points }: AdviceReport, budget: Budget): AdvicePoint {
  const taken = withinBudget(points, budget);
  if (taken) return taken;
  const [best, smallest] = [points[0], points.at(-1)];
  if (!best || !smallest) throw new InputError('The model has no layer whose weights could have fewer bits.');
  const have =
    'bytes' in budget
      ? `the smallest mix has ${formatBytes(smallest.bytes)} of weights`
      : `with 8 bits everywhere ${best.sqnr.toFixed(1)} dB and a loss of ${points100(best.loss)} points are to be expected`;
  throw new InputError(`No mix of 8, 4 and 2 bits keeps to this: ${have}.`);
}

function writeConfig({ overrides }: AdvicePoint, config: string, file: string): void {
  if (dirname(file) !== dirname(config)) {
    const place = displayPath(dirname(config));
    throw new InputError(`The paths of the config are relative to ${place}: write the new one there, too.`, { file });
  }
  if (!existsSync(config)) {
    throw new InputError(`${displayPath(config)} is not there any more, so no bits can be added to it.`, {
      file: config,
    });
  }
  const entries = overrides.flatMap(({ match, weights }): OverrideEntry[] =>
    'name' in match && weights?.bits !== undefined ? [{ match: match.name, weights: { bits: weights.bits } }] : [],
  );
  const text = addOverrides(readFileSync(config, 'utf8'), entries);
  if (text === null) throw new InputError(`${displayPath(config)} is no YAML map; correct it first.`, { file: config });
  writeWhole(file, text);
}

function mixes({ points }: AdviceReport, taken: AdvicePoint | undefined): string {
  const most = Math.max(...points.flatMap(({ bits }) => Object.values(bits)));
  const rows = points.map((point) => [
    point === taken ? '→' : '',
    formatBytes(point.bytes),
    point.sqnr.toFixed(1),
    points100(point.loss),
    fewer(point, most),
  ]);
  const head = ['', 'weights', 'SQNR, dB', 'loss, points', 'fewer bits'];
  return formatTable(head, rows, ['left', 'right', 'right', 'right', 'left']);
}

const points100 = (share: number): string => (100 * share).toFixed(2);

/** `4: conv, dense`; a long list is cut. */
function fewer({ bits }: AdvicePoint, most: number): string {
  const others = Object.entries(bits).filter(([, own]) => own < most);
  const parts = [...new Set(others.map(([, own]) => own))].map((own) => {
    const names = others.filter(([, each]) => each === own).map(([name]) => name);
    return `${own}: ${names.slice(0, 3).join(', ')}${names.length > 3 ? ` and ${names.length - 3} more` : ''}`;
  });
  return parts.join('; ');
}
