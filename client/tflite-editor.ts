// Registers the editor for `.tflite`; what draws it is imported when the first one opens.
import * as vscode from 'vscode';
import type { Context } from './context.ts';

export const TFLITE_EDITOR = 'quantlens.tflite';

export function registerTfliteEditor(context: Context): vscode.Disposable {
  const provider: vscode.CustomReadonlyEditorProvider = {
    openCustomDocument: (uri) => ({ uri, dispose: () => {} }),
    async resolveCustomEditor({ uri }, panel) {
      const { fillTfliteEditor } = await import('./panels/tflite-editor.ts');
      await fillTfliteEditor(context, uri, panel);
    },
  };
  return vscode.window.registerCustomEditorProvider(TFLITE_EDITOR, provider);
}
