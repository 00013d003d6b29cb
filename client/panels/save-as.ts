// Saves what a panel made, where the user wants it: text, or a picture as a data URL.
import { join } from 'node:path';
import * as vscode from 'vscode';

export async function saveAs(folder: string, fileName: string, content: string): Promise<void> {
  const target = await vscode.window.showSaveDialog({ defaultUri: vscode.Uri.file(join(folder, fileName)) });
  if (!target) return;
  const picture = /^data:image\/png;base64,(.*)$/s.exec(content);
  const bytes = picture ? Buffer.from(picture[1], 'base64') : new TextEncoder().encode(content);
  await vscode.workspace.fs.writeFile(target, bytes);
}
