// "New Quantization Config": a few questions about a model, and a config beside it with the answers and nothing else.
import { existsSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import * as vscode from 'vscode';
import type { Context } from '../context.ts';
import { type Answers, configText } from '../new-config/answers.ts';
import { askData, askScaling, askTarget, askWeights, askWork } from '../new-config/ask.ts';
import { findModel, type ModelChoice } from '../new-config/find-model.ts';

/** `argument`: the file of a model; `reference`: what in Python builds it. */
export async function newConfig(context: Context, argument?: unknown, reference?: unknown): Promise<void> {
  const model = await findModel(context, argument, reference);
  const answers = model && (await ask(model));
  if (!answers) return;
  const { fsPath } = model.file;
  const file = vscode.Uri.file(freeName(dirname(fsPath), basename(fsPath, extname(fsPath))));
  try {
    await vscode.workspace.fs.writeFile(file, new TextEncoder().encode(configText(answers)));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(
      vscode.l10n.t('{0} cannot be written: {1}. Choose a folder that can be written to.', file.fsPath, why),
    );
  }
  await vscode.window.showTextDocument(file);
}

/** Undefined as soon as the user leaves a question. */
async function ask({ file, reference }: ModelChoice): Promise<Answers | undefined> {
  const target = await askTarget();
  if (target === undefined) return undefined;
  const trains = await askWork();
  if (trains === undefined) return undefined;
  const weights = await askWeights(file);
  if (weights === undefined) return undefined;
  const data = await askData(file);
  if (data === undefined) return undefined;
  const scaling = data ? await askScaling() : 'none';
  if (scaling === undefined) return undefined;
  const model = basename(file.fsPath) + (reference ? `:${reference}` : '');
  return { model, target, trains, weights, scaling, ...(data && { data }) };
}

function freeName(folder: string, stem: string): string {
  for (let number = 1; ; number++) {
    const file = join(folder, `${stem}${number === 1 ? '' : `-${number}`}.quant.yaml`);
    if (!existsSync(file)) return file;
  }
}
