// "Simulate Int8": runs a `.tflite` over inputs from an .npy or .npz, bit for bit as LiteRT does.
import { basename, dirname, join } from 'node:path';
import * as vscode from 'vscode';
import type { Context } from '../context.ts';
import { arrayNames } from '../new-config/ask.ts';
import { mayRunJobs } from '../trust.ts';

/** With `input`, `output` and the arrays of an `.npz` given, nothing is asked: tests and tasks do so. */
export async function simulate(
  context: Context,
  argument?: unknown,
  input?: unknown,
  output?: unknown,
  arraysGiven?: unknown,
): Promise<void> {
  if (!(await mayRunJobs())) return;
  const model = argument instanceof vscode.Uri ? argument : await pickModel();
  if (!model) return;
  const inputs = typeof input === 'string' ? input : (await pickInput(model))?.fsPath;
  if (inputs === undefined) return;
  const name = `${basename(model.fsPath, '.tflite')}_outputs.npz`;
  const target =
    typeof output === 'string'
      ? output
      : (
          await vscode.window.showSaveDialog({
            defaultUri: vscode.Uri.file(join(dirname(model.fsPath), name)),
            filters: { NumPy: ['npz', 'npy'] },
            saveLabel: vscode.l10n.t('Simulate'),
          })
        )?.fsPath;
  if (target === undefined) return;
  const arrays = Array.isArray(arraysGiven) ? (arraysGiven as string[]) : await pickArrays(inputs);
  if (arrays === undefined) return;
  const request = {
    kind: 'simulate',
    model: model.fsPath,
    input: inputs,
    output: target,
    ...(arrays.length > 0 && { arrays }),
  } as const;
  const outcome = await context.jobs.run(request, vscode.l10n.t('Simulate'));
  if (outcome.kind === 'failed') throw new Error(outcome.event.message);
  if (outcome.kind === 'done')
    vscode.window.setStatusBarMessage(`$(check) ${vscode.l10n.t('Wrote {0}', target)}`, 8000);
}

async function pickModel(): Promise<vscode.Uri | undefined> {
  const found = await vscode.workspace.findFiles('**/*.tflite', null, 200);
  if (found.length === 0) throw new Error(vscode.l10n.t('There is no .tflite in this workspace. Train or export one.'));
  const items = found.map((uri) => ({ label: vscode.workspace.asRelativePath(uri), uri }));
  return (await vscode.window.showQuickPick(items, { placeHolder: vscode.l10n.t('Which model?') }))?.uri;
}

/** Of an `.npz` with several arrays, those that are the inputs; none asked where there is no choice. */
async function pickArrays(inputs: string): Promise<readonly string[] | undefined> {
  if (!inputs.endsWith('.npz')) return [];
  const names = await arrayNames(inputs);
  if (names.length < 2) return [];
  const placeHolder = vscode.l10n.t('Which arrays are the model’s inputs? In the order of the inputs');
  return vscode.window.showQuickPick(names, { placeHolder, canPickMany: true });
}

async function pickInput(model: vscode.Uri): Promise<vscode.Uri | undefined> {
  const picked = await vscode.window.showOpenDialog({
    defaultUri: vscode.Uri.joinPath(model, '..'),
    filters: { NumPy: ['npy', 'npz'] },
    openLabel: vscode.l10n.t('Simulate with These Inputs'),
  });
  return picked?.[0];
}
