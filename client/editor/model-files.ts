// Tells the menus which files are known to build a model (`resourcePath in quantlens.modelFiles`), as they are opened and edited.
import * as vscode from 'vscode';
import type { Server } from '../language-server.ts';

/** After an edit or a change of editor, ms. */
const DELAY = 400;

export function watchModelFiles(server: Server): vscode.Disposable {
  const files = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  const look = async (): Promise<void> => {
    const document = vscode.window.activeTextEditor?.document;
    if (!document || !/^(python|json)$/.test(document.languageId) || !server.isRunning) return;
    // Menus do without an answer; what is wrong with the server has its own message.
    const models = await server.request('quantlens/models', { uri: document.uri.toString() }).catch(() => null);
    const path = document.uri.fsPath;
    const builds = models !== null && models.length > 0;
    if (builds === files.has(path)) return;
    if (builds) files.add(path);
    else files.delete(path);
    await vscode.commands.executeCommand('setContext', 'quantlens.modelFiles', [...files]);
  };
  const soon = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => void look(), DELAY);
  };
  const listening = [
    vscode.window.onDidChangeActiveTextEditor(soon),
    vscode.workspace.onDidChangeTextDocument(({ document }) => {
      if (document === vscode.window.activeTextEditor?.document) soon();
    }),
    server.onStarted(soon),
  ];
  return {
    dispose: () => [...listening, { dispose: () => clearTimeout(timer) }].forEach((each) => void each.dispose()),
  };
}
