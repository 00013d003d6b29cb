// `quantlens check FILES…`: what will not quantize well on a target, and where.

import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import { InputError } from '../../engine/errors.ts';
import type { SeveritySetting } from '../../engine/rules/finding.ts';
import type { SeveritySettings } from '../../engine/rules/present.ts';
import { RULES, ruleById } from '../../engine/rules/rules.ts';
import { type CheckedFile, checkFile } from '../../host/check/check-file.ts';
import { loadTarget } from '../../host/config/load-target.ts';
import { formatJson } from '../check/json.ts';
import { formatSarif } from '../check/sarif.ts';
import { formatText } from '../check/text.ts';
import { print, sayFailure } from '../terminal.ts';

declare const QUANTLENS_VERSION: string;

interface Options {
  readonly target?: string;
  readonly format: 'text' | 'json' | 'sarif';
  readonly severity: SeveritySettings;
  readonly entry?: string;
  readonly root: readonly string[];
  readonly keras?: '2' | '3';
  readonly json?: true;
}

export function checkCommand(finish: (exitCode: number) => void): Command {
  return new Command('check')
    .description('say what will not quantize well on a target, at the line that causes it')
    .argument('<files...>', 'Python files, notebooks, .h5, .keras or Keras .json models, or configs (*.quant.yaml)')
    .option(
      '--target <target>',
      'a target by name, or a file that describes one (default: a config’s own, else tflite-int8)',
    )
    .addOption(new Option('--format <format>', 'how to print').choices(['text', 'json', 'sarif']).default('text'))
    .addOption(
      new Option('--severity <rule=severity>', 'error, warning, information, hint or off; repeat it for each rule')
        .argParser(severity)
        .default({}, 'each rule’s own'),
    )
    .option('--entry <expression>', 'what gives the model of a Python file, such as "build_model()"')
    .addOption(
      new Option('--root <folder>', 'folder that imports are looked up in; repeat it for each')
        .argParser(append)
        .default([], 'the file’s own'),
    )
    .addOption(new Option('--keras <version>', 'the Keras that `keras` means').choices(['2', '3']))
    .option('--json', 'the same as --format json')
    .action(async (files: readonly string[], options: Options) => finish(await check(files, options)));
}

const append = (folder: string, folders: readonly string[]): readonly string[] => [...folders, folder];

const SETTINGS: readonly string[] = ['error', 'warning', 'information', 'hint', 'off', 'default'];

function severity(text: string, settings: SeveritySettings): SeveritySettings {
  const [rule, value] = text.split('=');
  if (rule !== '*' && ruleById(rule) === undefined) {
    throw new InputError(
      `--severity names the rule "${rule}", which there is not. Rules: ${RULES.map(({ id }) => id).join(', ')}.`,
    );
  }
  if (value === undefined || !SETTINGS.includes(value)) {
    throw new InputError(`--severity ${text} has no severity; expected ${rule}= and one of ${SETTINGS.join(', ')}.`);
  }
  return { ...settings, [rule]: value as SeveritySetting };
}

/** 2 where a file could not be read, 1 where a finding is an error. */
async function check(files: readonly string[], options: Options): Promise<number> {
  const target = options.target === undefined ? undefined : loadTarget(options.target, process.cwd());
  const checked: CheckedFile[] = [];
  let unread = false;
  for (const file of files) {
    try {
      checked.push(
        await checkFile(resolve(file), {
          ...(target && { target }),
          severity: options.severity,
          ...(options.entry !== undefined && { entry: options.entry }),
          roots: options.root.map((folder) => resolve(folder)),
          ...(options.keras && { kerasVersion: options.keras === '3' ? 3 : 2 }),
        }),
      );
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      sayFailure(error);
      unread = true;
    }
  }
  if (options.json || options.format === 'json') print(formatJson(checked));
  else if (options.format === 'sarif') print(formatSarif(checked, QUANTLENS_VERSION));
  else if (checked.length > 0) print(formatText(checked));
  if (unread) return 2;
  const findings = checked.flatMap(({ models }) => models.flatMap((model) => model.findings));
  return findings.some((finding) => finding.severity === 'error') ? 1 : 0;
}
