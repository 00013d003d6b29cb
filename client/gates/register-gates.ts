// The gates of each config as tests: the test view lists them and runs the config's job.
import * as vscode from 'vscode';
import type { Context } from '../context.ts';

const CONFIGS = '**/*.quant.{yaml,yml}';
const EXCLUDED = '**/{node_modules,.quantlens}/**';
const MOST = 200;

export function registerGates(context: Context): vscode.Disposable {
  const controller = vscode.tests.createTestController('quantlens.gates', vscode.l10n.t('QuantLens Gates'));
  let watcher: vscode.FileSystemWatcher | undefined;
  const read = async (uri: vscode.Uri): Promise<void> => {
    const gates = await context.server.request('quantlens/gates', { uri: uri.toString() });
    if (gates.length === 0) return controller.items.delete(uri.toString());
    const item = controller.createTestItem(uri.toString(), vscode.workspace.asRelativePath(uri), uri);
    for (const { name, limit, line } of gates) {
      const gate = controller.createTestItem(`${uri}#${name}`, name, uri);
      gate.description = limit;
      gate.range = new vscode.Range(line, 0, line, name.length);
      item.children.add(gate);
    }
    controller.items.add(item);
  };
  const readAll = async (): Promise<void> => {
    const found = await vscode.workspace.findFiles(CONFIGS, EXCLUDED, MOST);
    await Promise.all(found.map(read));
  };
  const watch = (): vscode.FileSystemWatcher => {
    const created = vscode.workspace.createFileSystemWatcher(CONFIGS);
    created.onDidCreate((uri) => void read(uri));
    created.onDidChange((uri) => void read(uri));
    created.onDidDelete((uri) => controller.items.delete(uri.toString()));
    return created;
  };
  // Nothing is read before somebody looks at the tests.
  controller.resolveHandler = async (item) => {
    if (item) return;
    watcher ??= watch();
    await readAll();
  };
  controller.refreshHandler = readAll;
  const run = async (request: vscode.TestRunRequest, token: vscode.CancellationToken): Promise<void> => {
    const { runGates } = await import('./run-gates.ts');
    await runGates(context, controller, request, token);
  };
  controller.createRunProfile(vscode.l10n.t('Train and Test'), vscode.TestRunProfileKind.Run, run, true);
  return vscode.Disposable.from(controller, { dispose: () => watcher?.dispose() });
}
