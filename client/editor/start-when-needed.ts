// Starts the language server with the first document that it has something to say about: not every Python is a model.
import * as vscode from 'vscode';
import { CONFIG_LANGUAGE } from '../../protocol/language-server.ts';
import type { Server } from '../language-server.ts';

/** What a Python text that builds, imports or quantizes a Keras model says somewhere. */
const KERAS = /\b(?:keras|tensorflow|tf_keras|tfmot|tensorflow_model_optimization)\b/;

function isConcerned(document: vscode.TextDocument): boolean {
  if (document.languageId === CONFIG_LANGUAGE) return true;
  if (document.languageId === 'python') return KERAS.test(document.getText());
  // Keras's to_json().
  return document.languageId === 'json' && document.uri.scheme === 'file' && /"class_name"/.test(document.getText());
}

export function startWhenNeeded(server: Server): vscode.Disposable {
  const listening: vscode.Disposable[] = [];
  const look = (document: vscode.TextDocument): void => {
    if (server.isRunning || !isConcerned(document)) return;
    for (const each of listening) each.dispose();
    void server.start();
  };
  listening.push(
    vscode.workspace.onDidOpenTextDocument(look),
    // While one types `import keras`: only the line of the edit is read.
    vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
      const says = contentChanges.some(
        ({ range, text }) => KERAS.test(text) || KERAS.test(document.lineAt(range.start.line).text),
      );
      if (says) look(document);
    }),
  );
  for (const document of vscode.workspace.textDocuments) look(document);
  return vscode.Disposable.from(...listening);
}
