// "Export": a run's model as a .tflite file, a C array or a Keras file, or its ranges, where the user wants it.
import { basename, dirname, join } from 'node:path';
import * as vscode from 'vscode';
import type { ExportFormat } from '../../protocol/job-request.ts';
import type { Context } from '../context.ts';
import { pickRun } from '../runs/pick-run.ts';
import { mayRunJobs } from '../trust.ts';

interface Format extends vscode.QuickPickItem {
  readonly format: ExportFormat;
  readonly extension: string;
}

/** With `format` and `output` given, nothing is asked: tests and tasks do so. */
export async function exportRun(
  context: Context,
  argument?: unknown,
  format?: unknown,
  output?: unknown,
): Promise<void> {
  if (!(await mayRunJobs())) return;
  const placeHolder = vscode.l10n.t('Which run’s model?');
  const run = await pickRun(argument, { placeHolder, suits: ({ record }) => record.files.length > 0 });
  if (!run) return;
  const offered = formats(/\.h5$/.test(run.record.model) ? 'h5' : 'keras');
  const chosen = offered.find((each) => each.format === format) ?? (await pickFormat(offered));
  if (!chosen) return;
  const name = basename(run.record.config).replace(/\.quant\.ya?ml$/, '');
  const target =
    typeof output === 'string' ? vscode.Uri.file(output) : await pickTarget(run.record.config, name, chosen);
  if (!target) return;
  const request = { kind: 'export', run: run.folder, format: chosen.format, output: target.fsPath } as const;
  const outcome = await context.jobs.run(request, vscode.l10n.t('Export'));
  if (outcome.kind === 'failed') throw new Error(outcome.event.message);
  if (outcome.kind === 'cancelled') return;
  vscode.window.setStatusBarMessage(`$(check) ${vscode.l10n.t('Wrote {0}', target.fsPath)}`, 8000);
}

/** `kerasExtension`: a copy is of the form of its original. */
const formats = (kerasExtension: string): readonly Format[] => [
  {
    format: 'tflite',
    extension: 'tflite',
    label: 'TensorFlow Lite',
    description: '.tflite',
    detail: vscode.l10n.t('For LiteRT on phones, computers and in browsers'),
  },
  {
    format: 'c',
    extension: 'c',
    label: vscode.l10n.t('C array'),
    description: '.c, .h',
    detail: vscode.l10n.t('For LiteRT for Microcontrollers: the model in program memory'),
  },
  {
    format: 'dynamic-range',
    extension: 'tflite',
    label: vscode.l10n.t('TensorFlow Lite, dynamic range'),
    description: '.tflite',
    detail: vscode.l10n.t('The float model with int8 weights: needs no calibration'),
  },
  {
    format: 'float16',
    extension: 'tflite',
    label: vscode.l10n.t('TensorFlow Lite, float16'),
    description: '.tflite',
    detail: vscode.l10n.t('The float model with float16 weights: half the size'),
  },
  {
    format: 'keras',
    extension: kerasExtension,
    label: 'Keras',
    description: `.${kerasExtension}`,
    detail: vscode.l10n.t('The trained weights in a copy of the run’s Keras file'),
  },
  {
    format: 'ranges',
    extension: 'json',
    label: vscode.l10n.t('Ranges'),
    description: '.json',
    detail: vscode.l10n.t('Scale and zero point of each tensor'),
  },
  {
    format: 'aimet',
    extension: 'json',
    label: vscode.l10n.t('AIMET encodings'),
    description: '.json',
    detail: vscode.l10n.t('The same in the form that AIMET and Qualcomm’s tools read'),
  },
];

const SUFFIXES: Partial<Record<ExportFormat, string>> = {
  keras: 'trained',
  'dynamic-range': 'dynamic_range',
  float16: 'float16',
};

const pickFormat = (offered: readonly Format[]): Thenable<Format | undefined> =>
  vscode.window.showQuickPick(offered, { placeHolder: vscode.l10n.t('As what?') });

function pickTarget(
  config: string,
  name: string,
  { label, extension, format }: Format,
): Thenable<vscode.Uri | undefined> {
  return vscode.window.showSaveDialog({
    defaultUri: vscode.Uri.file(join(dirname(config), `${name}_${SUFFIXES[format] ?? 'int8'}.${extension}`)),
    filters: { [label]: [extension] },
    saveLabel: vscode.l10n.t('Export'),
  });
}
