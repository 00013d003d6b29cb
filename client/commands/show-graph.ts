// "Show Model Graph": of the source, config or model file that the command is called on, else of the editor's.
import * as vscode from 'vscode';
import type { Context } from '../context.ts';
import { showGraphPanel } from '../panels/graph-panel.ts';
import { TFLITE_EDITOR } from '../tflite-editor.ts';

export async function showGraph(context: Context, argument?: unknown, model?: unknown): Promise<void> {
  const given = typeof argument === 'string' ? vscode.Uri.parse(argument) : argument;
  const uri = given instanceof vscode.Uri ? given : vscode.window.activeTextEditor?.document.uri;
  if (!uri || !/\.(py|ipynb|json|h5|hdf5|keras|tflite|quant\.ya?ml)$/.test(uri.path)) {
    throw new Error(vscode.l10n.t('Open a model first: Python, a notebook, a config, .h5, .keras, .json or .tflite.'));
  }
  if (uri.path.endsWith('.tflite')) {
    await vscode.commands.executeCommand('vscode.openWith', uri, TFLITE_EDITOR);
    return;
  }
  await showGraphPanel(context, { uri, ...(typeof model === 'string' && { model }) });
}
