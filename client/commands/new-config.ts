// "New Quantization Config": a config beside a model, with what the user picks and nothing else.
import { existsSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import * as vscode from 'vscode';
import type { Context } from '../context.ts';

const TARGETS = ['tflite-int8', 'tflite-int16x8', 'tflite-micro', 'edge-tpu'] as const;
const MODELS = '**/*.{keras,h5}';

/** `argument`: the file of a model; `symbol`: the function or variable in Python that builds it. */
export async function newConfig(
  _context: Context,
  argument?: unknown,
  symbol?: unknown,
  targetGiven?: unknown,
): Promise<void> {
  const model = await pickModel(argument);
  if (!model) return;
  const placeHolder = vscode.l10n.t('What will it run on?');
  const target =
    typeof targetGiven === 'string' ? targetGiven : await vscode.window.showQuickPick([...TARGETS], { placeHolder });
  if (!target) return;
  const folder = dirname(model.fsPath);
  const stem = basename(model.fsPath, extname(model.fsPath));
  const file = freeName(folder, stem);
  const data = await dataBeside(folder);
  const name = basename(model.fsPath) + (typeof symbol === 'string' && symbol !== '' ? `:${symbol}` : '');
  await vscode.workspace.fs.writeFile(vscode.Uri.file(file), new TextEncoder().encode(textOf(name, target, data)));
  await vscode.window.showTextDocument(vscode.Uri.file(file));
}

async function pickModel(argument: unknown): Promise<vscode.Uri | undefined> {
  const given = typeof argument === 'string' ? vscode.Uri.parse(argument) : argument;
  if (given instanceof vscode.Uri) return given;
  const active = vscode.window.activeTextEditor?.document.uri;
  if (active && /\.(py|json)$/.test(active.path)) return active;
  const found = await vscode.workspace.findFiles(MODELS, '**/{node_modules,.quantlens}/**', 200);
  if (found.length === 0)
    throw new Error(vscode.l10n.t('Open the Python file that builds the model, or add a .keras or .h5 file.'));
  const items = found.map((uri) => ({ label: vscode.workspace.asRelativePath(uri), uri }));
  return (await vscode.window.showQuickPick(items, { placeHolder: vscode.l10n.t('Which model?') }))?.uri;
}

function freeName(folder: string, stem: string): string {
  for (let number = 1; ; number++) {
    const file = join(folder, `${stem}${number === 1 ? '' : `-${number}`}.quant.yaml`);
    if (!existsSync(file)) return file;
  }
}

/** The first `.npz` beside the model, for the user to keep or change. */
async function dataBeside(folder: string): Promise<string> {
  const entries = await vscode.workspace.fs.readDirectory(vscode.Uri.file(folder));
  return entries.find(([name]) => name.endsWith('.npz'))?.[0] ?? 'data.npz';
}

const textOf = (model: string, target: string, data: string): string => `model: ${model}
target: ${target}
data:
  train: { path: ${data}, inputs: x_train, labels: y_train }
  validation: { path: ${data}, inputs: x_test, labels: y_test }
  preprocessing: { scale: 0.00392156862745098 } # 0..255 to 0..1
training: { epochs: 3, learningRate: 1e-4, schedule: cosine }
`;
