// What the suites do with the editor, and how they wait for it.
import * as vscode from 'vscode';

export const workspaceFile = (...parts: string[]): vscode.Uri =>
  vscode.Uri.joinPath(vscode.workspace.workspaceFolders![0].uri, ...parts);

/** Opens a file of the workspace, or an untitled one of a language with a text. */
export async function open(file: string | { language: string; content: string }): Promise<vscode.TextEditor> {
  const document = await (typeof file === 'string'
    ? vscode.workspace.openTextDocument(workspaceFile(file))
    : vscode.workspace.openTextDocument(file));
  return vscode.window.showTextDocument(document);
}

/** A new file of the workspace with a text, open. */
export async function write(name: string, content: string): Promise<vscode.TextEditor> {
  await vscode.workspace.fs.writeFile(workspaceFile(name), new TextEncoder().encode(content));
  return open(name);
}

/** Calls until the answer is wanted; fails with the last answer after `timeout` ms. */
export async function until<T>(
  what: string,
  ask: () => T | PromiseLike<T>,
  wanted: (answer: T) => boolean,
  timeout = 15_000,
): Promise<T> {
  const end = Date.now() + timeout;
  for (;;) {
    const answer = await ask();
    if (wanted(answer)) return answer;
    if (Date.now() > end)
      throw new Error(`Waited ${timeout} ms for ${what}; last: ${JSON.stringify(answer)?.slice(0, 2000)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

export const diagnosticsOf = (uri: vscode.Uri): vscode.Diagnostic[] =>
  vscode.languages.getDiagnostics(uri).filter(({ source }) => source === 'QuantLens');

/** Place of the first `|` in a text, and the text without it. */
export function withCursor(text: string): { text: string; at: (document: vscode.TextDocument) => vscode.Position } {
  const offset = text.indexOf('|');
  return { text: text.slice(0, offset) + text.slice(offset + 1), at: (document) => document.positionAt(offset) };
}

/** Open tabs of one of our panels. VS Code puts its own prefix before a view type. */
export const tabs = (viewType: string): vscode.Tab[] =>
  vscode.window.tabGroups.all
    .flatMap(({ tabs: all }) => all)
    .filter(({ input }) => input instanceof vscode.TabInputWebview && input.viewType.endsWith(viewType));

/** A quick pick that has opened tells nobody: it is given this time, the first one more. Milliseconds, for a loaded machine. */
const FIRST_QUESTION = 4000;
const NEXT_QUESTION = 1500;

/** Answers the questions that a command asks in quick picks, each by the index of the wanted item. */
export async function answering(command: PromiseLike<unknown>, ...indices: readonly number[]): Promise<void> {
  for (const [question, index] of indices.entries()) {
    await sleep(question === 0 ? FIRST_QUESTION : NEXT_QUESTION);
    for (let at = 0; at < index; at++) await vscode.commands.executeCommand('workbench.action.quickOpenSelectNext');
    await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
  }
  await command;
}

export const sleep = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));
