// A Python model in the editor: findings with fixes, hints, hover, lens and outline, and the way between source and config.
import { strict as assert } from 'node:assert';
import * as vscode from 'vscode';
import { diagnosticsOf, open, until, workspaceFile } from './editor.ts';

const execute = <R>(command: string, ...args: unknown[]) =>
  vscode.commands.executeCommand<R>(`vscode.${command}`, ...args);
const codeOf = ({ code }: vscode.Diagnostic): string => String(typeof code === 'object' ? code.value : code);

let document: vscode.TextDocument;
let problems: vscode.Diagnostic[];

async function openModel(): Promise<void> {
  document = (await open('model.py')).document;
  problems = await until(
    'findings',
    () => diagnosticsOf(document.uri),
    ({ length }) => length > 0,
  );
}

describe('A model in Python', () => {
  before(openModel);

  const lineOf = (text: string): number =>
    document
      .getText()
      .split('\n')
      .findIndex((line) => line.includes(text));

  it('is flagged where it will not quantize, with the page of each rule', () => {
    const byLine = new Map(problems.map((problem) => [problem.range.start.line, codeOf(problem)]));
    assert.equal(byLine.get(lineOf('"double"')), 'lambda-layer');
    assert.equal(byLine.get(lineOf('"late_bn"')), 'batch-norm-not-folded');
    for (const { code } of problems)
      assert.ok(typeof code === 'object' && /docs\/rules\/[\w-]+\.md$/.test(code.target.path));
  });

  it('hints the shape of each layer', async () => {
    const all = new vscode.Range(0, 0, document.lineCount, 0);
    const hints = await execute<vscode.InlayHint[]>('executeInlayHintProvider', document.uri, all);
    const stem = hints.find(({ position }) => position.line === lineOf('"stem"'));
    assert.match(String(stem?.label), /32×32×16/);
  });

  it('says in a hover what a layer costs', async () => {
    const position = new vscode.Position(lineOf('"stem"'), 20);
    const hovers = await execute<vscode.Hover[]>('executeHoverProvider', document.uri, position);
    const text = hovers
      .flatMap(({ contents }) => contents.map((each) => (each as vscode.MarkdownString).value))
      .join('\n');
    assert.match(text, /432 parameters/);
  });

  it('has a lens and an outline', async () => {
    const lenses = await execute<vscode.CodeLens[]>('executeCodeLensProvider', document.uri, 20);
    const titles = lenses.map(({ command }) => command?.title ?? '');
    assert.match(titles.join(), /parameters/);
    for (const title of ['Train', 'Quantize', 'Graph']) assert.ok(titles.includes(title), titles.join());
    const symbols = await execute<vscode.DocumentSymbol[]>('executeDocumentSymbolProvider', document.uri);
    assert.ok(symbols.some(({ children }) => children.some(({ name }) => name === 'stem')));
  });

  it('goes from a layer in the config to its line', async () => {
    const config = workspaceFile('jump.quant.yaml');
    const text = 'model: model.py:build_model\nquantization:\n  overrides:\n    - match: stem\n      skip: true\n';
    await vscode.workspace.fs.writeFile(config, new TextEncoder().encode(text));
    await open('jump.quant.yaml');
    const position = new vscode.Position(3, 14);
    const [place] = await execute<vscode.Location[]>('executeDefinitionProvider', config, position);
    assert.equal(place?.range.start.line, lineOf('"stem"'));
  });
});

describe('A finding in Python', () => {
  before(openModel);

  it('is mended by a quick fix', async () => {
    const fixable = new Map<string, vscode.CodeAction[]>();
    for (const problem of problems) {
      const actions = await execute<vscode.CodeAction[]>('executeCodeActionProvider', document.uri, problem.range);
      const fixes = actions.filter(
        ({ title, edit, kind }) => edit && kind?.value === 'quickfix' && !title.startsWith('Ignore'),
      );
      if (fixes.length > 0) fixable.set(codeOf(problem), fixes);
    }
    const [rule, [fix]] = [...fixable][0] ?? assert.fail(`nothing has a fix: ${problems.map(codeOf).join()}`);
    const before = problems.filter((problem) => codeOf(problem) === rule).length;
    assert.ok(await vscode.workspace.applyEdit(fix.edit!));
    await until(
      `one ${rule} less after “${fix.title}”`,
      () => diagnosticsOf(document.uri).filter((problem) => codeOf(problem) === rule).length,
      (count) => count < before,
    );
    await vscode.commands.executeCommand('workbench.action.files.revert');
  });

  it('is silenced by a comment', async () => {
    const problem = problems.find((each) => codeOf(each) === 'lambda-layer')!;
    const actions = await execute<vscode.CodeAction[]>('executeCodeActionProvider', document.uri, problem.range);
    const ignore = actions.find(({ title }) => title.startsWith('Ignore lambda-layer'));
    assert.ok(ignore?.edit && (await vscode.workspace.applyEdit(ignore.edit)));
    await until(
      'the finding to go',
      () => diagnosticsOf(document.uri).map(codeOf),
      (codes) => !codes.includes('lambda-layer'),
    );
    await vscode.commands.executeCommand('workbench.action.files.revert');
  });
});
