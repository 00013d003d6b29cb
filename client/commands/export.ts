// "Export": a run's model as a .tflite file or a C array, where the user wants it.
import { basename, dirname, join } from 'node:path';
import * as vscode from 'vscode';
import type { ExportFormat } from '../../protocol/job-request.ts';
import type { Context } from '../context.ts';
import { pickRun } from '../runs/pick-run.ts';
import { requireTrust } from '../trust.ts';

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
  requireTrust();
  const placeHolder = vscode.l10n.t('Which run’s model?');
  const run = await pickRun(argument, { placeHolder, suits: ({ record }) => record.files.length > 0 });
  if (!run) return;
  const chosen = FORMATS().find((each) => each.format === format) ?? (await pickFormat());
  if (!chosen) return;
  const name = basename(run.record.config).replace(/\.quant\.ya?ml$/, '');
  const target =
    typeof output === 'string' ? vscode.Uri.file(output) : await pickTarget(run.record.config, name, chosen);
  if (!target) return;
  const request = { kind: 'export', run: run.folder, format: chosen.format, output: target.fsPath } as const;
  const outcome = await context.jobs.run(request, vscode.l10n.t('Export'));
  if (outcome.kind === 'failed') throw new Error(outcome.event.message);
  vscode.window.setStatusBarMessage(`$(check) ${vscode.l10n.t('Wrote {0}', target.fsPath)}`, 8000);
}

const FORMATS = (): readonly Format[] => [
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
];

const pickFormat = (): Thenable<Format | undefined> =>
  vscode.window.showQuickPick(FORMATS(), { placeHolder: vscode.l10n.t('As what?') });

function pickTarget(config: string, name: string, { label, extension }: Format): Thenable<vscode.Uri | undefined> {
  return vscode.window.showSaveDialog({
    defaultUri: vscode.Uri.file(join(dirname(config), `${name}_int8.${extension}`)),
    filters: { [label]: [extension] },
    saveLabel: vscode.l10n.t('Export'),
  });
}
