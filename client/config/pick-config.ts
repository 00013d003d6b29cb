// Which config a command is about: the one it was called on, the one in the editor, the only one, or the one picked.
import * as vscode from 'vscode';

const isConfig = (uri: vscode.Uri): boolean => /\.quant\.ya?ml$/.test(uri.path);

/** Undefined when the user picks nothing; throws where the workspace has no config. */
export async function pickConfig(argument: unknown): Promise<vscode.Uri | undefined> {
  if (argument instanceof vscode.Uri && isConfig(argument)) return argument;
  if (typeof argument === 'string') return vscode.Uri.parse(argument);
  const active = vscode.window.activeTextEditor?.document.uri;
  if (active && isConfig(active)) return active;
  const found = await vscode.workspace.findFiles('**/*.quant.{yaml,yml}', '**/{node_modules,.quantlens}/**', 200);
  if (found.length === 0) {
    throw new Error(
      vscode.l10n.t('There is no *.quant.yaml in this workspace. Run “QuantLens: New Quantization Config”.'),
    );
  }
  if (found.length === 1) return found[0];
  const items = found
    .map((uri) => ({ label: vscode.workspace.asRelativePath(uri), uri }))
    .sort((a, b) => a.label.localeCompare(b.label));
  const placeHolder = vscode.l10n.t('Which config?');
  return (await vscode.window.showQuickPick(items, { placeHolder }))?.uri;
}
