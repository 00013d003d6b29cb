// The read-only editor for `.tflite`: graph, tensors and their quantization, and the way to simulate the file.
import * as vscode from 'vscode';
import type { FromGraphPanel, ToGraphPanel } from '../../protocol/webview-messages.ts';
import type { Context } from '../context.ts';
import { graphPage } from './graph-panel.ts';
import { fillWebview, webviewOptions } from './webview.ts';

export async function fillTfliteEditor(context: Context, uri: vscode.Uri, panel: vscode.WebviewPanel): Promise<void> {
  const { webview } = panel;
  webview.options = webviewOptions(context);
  const page = graphPage(context, { uri }, (message: ToGraphPanel) => void webview.postMessage(message));
  const receive = (message: FromGraphPanel): void => {
    if (message.kind === 'ready') page.ready();
    if (message.kind === 'simulate') void vscode.commands.executeCommand('quantlens.simulate', uri);
  };
  fillWebview<FromGraphPanel>(context, webview, 'graph-view', receive, { simulate: '' });
  const pattern = new vscode.RelativePattern(vscode.Uri.joinPath(uri, '..'), uri.path.split('/').at(-1) ?? '*');
  const watcher = vscode.workspace.createFileSystemWatcher(pattern);
  watcher.onDidChange(() => void page.load());
  panel.onDidDispose(() => watcher.dispose());
  await page.load();
}
