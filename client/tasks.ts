// Tasks of type `quantlens`: the command line that is shipped with the extension, over a config, for builds and keybindings.
import * as vscode from 'vscode';
import type { Context } from './context.ts';

const TYPE = 'quantlens';
const COMMANDS = ['train', 'quantize', 'check'] as const;
type TaskCommand = (typeof COMMANDS)[number];

interface Definition extends vscode.TaskDefinition {
  readonly command: TaskCommand;
  /** Relative to the workspace folder. */
  readonly file: string;
}

export function registerTasks(context: Context): vscode.Disposable {
  return vscode.tasks.registerTaskProvider(TYPE, {
    async provideTasks() {
      const configs = await vscode.workspace.findFiles('**/*.quant.{yaml,yml}', '**/{node_modules,.quantlens}/**', 50);
      return configs.flatMap((uri) =>
        COMMANDS.flatMap((command) => {
          const folder = vscode.workspace.getWorkspaceFolder(uri);
          const file = vscode.workspace.asRelativePath(uri, false);
          return folder ? [taskOf(context, { type: TYPE, command, file }, folder)] : [];
        }),
      );
    },
    resolveTask({ definition, scope }) {
      const folder = typeof scope === 'object' ? scope : vscode.workspace.workspaceFolders?.[0];
      const { command, file } = definition as Partial<Definition>;
      if (!folder || !COMMANDS.some((each) => each === command) || typeof file !== 'string') return undefined;
      return taskOf(context, definition as Definition, folder);
    },
  });
}

function taskOf(context: Context, definition: Definition, folder: vscode.WorkspaceFolder): vscode.Task {
  const { command, file } = definition;
  // VS Code's own runtime runs it, so that no Node needs to be installed.
  const execution = new vscode.ProcessExecution(
    process.execPath,
    [context.file('dist', 'cli.mjs').fsPath, command, file],
    { cwd: folder.uri.fsPath, env: { ELECTRON_RUN_AS_NODE: '1' } },
  );
  const task = new vscode.Task(definition, folder, `${command} ${file}`, 'QuantLens', execution, '$quantlens');
  if (command === 'train') task.group = vscode.TaskGroup.Build;
  return task;
}
