// Findings, completion and formatting of a config in the editor.

import { strict as assert } from 'node:assert';
import * as vscode from 'vscode';
import { diagnosticsOf, open, until, withCursor, write } from './editor.ts';

const complete = (editor: vscode.TextEditor, position: vscode.Position) =>
  vscode.commands.executeCommand<vscode.CompletionList>(
    'vscode.executeCompletionItemProvider',
    editor.document.uri,
    position,
  );
const labels = ({ items }: vscode.CompletionList) =>
  items.map(({ label }) => (typeof label === 'string' ? label : label.label));

const INFORMATION = vscode.DiagnosticSeverity.Information;

describe('A config in the editor', () => {
  it('has no problem in the example', async () => {
    const editor = await open('examples/digits/digits.quant.yaml');
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
      'vscode.executeHoverProvider',
      editor.document.uri,
      new vscode.Position(1, 2),
    );
    assert.ok(hovers.length > 0);
    const problems = diagnosticsOf(editor.document.uri).filter(({ severity }) => severity < INFORMATION);
    assert.deepEqual(problems, []);
  });

  it('gets its problems as one types', async () => {
    const editor = await write('typing.quant.yaml', 'model: examples/digits/digits.keras\ntraining: { epochs: 3 }\n');
    await editor.edit((edit) => edit.replace(new vscode.Range(1, 20, 1, 21), "'many'"));
    const [problem] = await until(
      'a diagnostic',
      () => diagnosticsOf(editor.document.uri).filter(({ severity }) => severity < INFORMATION),
      ({ length }) => length > 0,
    );
    assert.equal(problem.range.start.line, 1);
    assert.equal(problem.range.start.character, 20);
    assert.match(problem.message, /training\.epochs.*whole number/);
    await editor.edit((edit) => edit.replace(new vscode.Range(1, 20, 1, 26), '4'));
    await until(
      'no diagnostic',
      () => diagnosticsOf(editor.document.uri).filter(({ severity }) => severity < INFORMATION),
      ({ length }) => length === 0,
    );
  });

  it('names a file that is not there', async () => {
    const editor = await write('missing.quant.yaml', 'model: nowhere.h5\n');
    const [problem] = await until(
      'a diagnostic',
      () => diagnosticsOf(editor.document.uri),
      ({ length }) => length > 0,
    );
    assert.match(problem.message, /nowhere\.h5/);
  });

  it('completes keys that are not there yet, and values', async () => {
    const keys = withCursor('model: m.h5\ntraining:\n  epochs: 3\n  |\n');
    const editor = await write('keys.quant.yaml', keys.text);
    const inTraining = labels(await complete(editor, keys.at(editor.document)));
    assert.ok(inTraining.includes('optimizer') && !inTraining.includes('epochs'), inTraining.join());
    const values = withCursor('model: m.h5\ntraining: { optimizer: | }\n');
    const flow = await write('values.quant.yaml', values.text);
    assert.deepEqual(labels(await complete(flow, values.at(flow.document))).sort(), ['adam', 'sgd']);
  });

  it('is formatted with its comments kept', async () => {
    const editor = await write('format.quant.yaml', '# why\nmodel:   m.h5\ntraining: {epochs: 3} # short\n');
    const edits = await vscode.commands.executeCommand<vscode.TextEdit[]>(
      'vscode.executeFormatDocumentProvider',
      editor.document.uri,
      { tabSize: 2, insertSpaces: true },
    );
    const edit = new vscode.WorkspaceEdit();
    edit.set(editor.document.uri, edits);
    await vscode.workspace.applyEdit(edit);
    assert.equal(editor.document.getText(), '# why\nmodel: m.h5\ntraining: { epochs: 3 } # short\n');
  });
});
