// "Doctor": what this installation is made of and how fast it is, as a text to read or to paste into a report.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import * as vscode from 'vscode';
import type { Context } from '../context.ts';

/** Measuring takes a second; a machine that needs longer than this has another problem. Milliseconds. */
const LONGEST = 60_000;

export async function doctor(context: Context): Promise<void> {
  const title = vscode.l10n.t('QuantLens looks at this machine');
  const rows = await vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title }, async () => [
    ...editorRows(context),
    await serverRow(context),
    '',
    await kernels(context),
  ]);
  const content = `# QuantLens Doctor\n\n${rows.join('\n')}\n`;
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ language: 'markdown', content }));
}

function editorRows({ extension }: Context): string[] {
  const { version, engines } = extension.extension.packageJSON;
  const changed = changedSettings(extension.extension.packageJSON);
  const { isTrusted, workspaceFolders = [] } = vscode.workspace;
  return [
    `- QuantLens ${version} (${vscode.l10n.t('needs VS Code {0}', engines.vscode)})`,
    `- VS Code ${vscode.version}, ${vscode.env.appName}, ${vscode.env.remoteName ?? vscode.l10n.t('local')}`,
    `- ${vscode.l10n.t('Workspace: {0} folders, {1}', workspaceFolders.length, isTrusted ? vscode.l10n.t('trusted') : vscode.l10n.t('not trusted: jobs do not run'))}`,
    `- ${vscode.l10n.t('Settings other than the default: {0}', changed.join(', ') || vscode.l10n.t('none'))}`,
  ];
}

function changedSettings(packageJson: { contributes: { configuration: { properties: object } } }): string[] {
  const configuration = vscode.workspace.getConfiguration();
  return Object.keys(packageJson.contributes.configuration.properties).flatMap((key) => {
    const { defaultValue } = configuration.inspect(key) ?? {};
    const value = JSON.stringify(configuration.get(key));
    return value === JSON.stringify(defaultValue) ? [] : [`\`${key}\` = ${value}`];
  });
}

async function serverRow({ server }: Context): Promise<string> {
  if (!server.isRunning)
    return `- ${vscode.l10n.t('Language server: not started; it starts with the first model or config')}`;
  try {
    const { pid, bytes } = await server.request('quantlens/status', {});
    return `- ${vscode.l10n.t('Language server: process {0}, {1} MB', pid, Math.round(bytes / 1e6))}`;
  } catch (error) {
    return `- ${vscode.l10n.t('Language server: {0}', error instanceof Error ? error.message : String(error))}`;
  }
}

/** What `quantlens doctor` says; jobs run in the same Node. */
async function kernels(context: Context): Promise<string> {
  const cli = context.file('dist', 'cli.mjs').fsPath;
  const options = { env: { ...process.env, ELECTRON_RUN_AS_NODE: '1', NO_COLOR: '1' }, timeout: LONGEST };
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [cli, 'doctor'], options);
    return `\`\`\`text\n${stdout.trim()}\n\`\`\``;
  } catch (error) {
    context.log.error(error instanceof Error ? error : String(error));
    return vscode.l10n.t('Jobs cannot run here: {0}', error instanceof Error ? error.message : String(error));
  }
}
