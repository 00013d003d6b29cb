// What can be done with runs, and a config made for a model. Uses the run that the training suite left.
import { strict as assert } from 'node:assert';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { tabs, until, workspaceFile } from './editor.ts';

const run = (command: string, ...args: unknown[]) => vscode.commands.executeCommand(`quantlens.${command}`, ...args);
const folders = (): string[] => {
  const root = workspaceFile('.quantlens', 'runs').fsPath;
  return readdirSync(root).map((name) => join(root, name));
};
const recordOf = (folder: string) => JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8'));
const entry = (folder: string) => ({ folder, record: recordOf(folder), hasReport: true });

describe('Runs', () => {
  it('are compared side by side', async () => {
    assert.ok(folders().length >= 2);
    await run('compareRuns', undefined, folders().map(entry));
    await until(
      'the comparison',
      () => tabs('quantlens.compare-view').length,
      (count) => count === 1,
    );
  });

  it('get a name and lose it', async () => {
    const [folder] = folders();
    await run('renameRun', folder, 'mine');
    assert.equal(recordOf(folder).label, 'mine');
    await run('renameRun', folder, '');
    assert.equal(recordOf(folder).label, undefined);
  });

  it('are deleted', async () => {
    const cancelled = folders().find((folder) => recordOf(folder).status === 'cancelled')!;
    await run('deleteRun', cancelled, [entry(cancelled)], true);
    assert.ok(!existsSync(cancelled));
  });
});

describe('Tasks', () => {
  it('are offered for each config', async () => {
    const tasks = await vscode.tasks.fetchTasks({ type: 'quantlens' });
    assert.ok(
      tasks.some(({ name }) => name === 'train examples/digits/digits.quant.yaml'),
      tasks.map(({ name }) => name).join(),
    );
  });
});
