// The Runs view: every run of the workspace with how it stands, the latest first.
import * as vscode from 'vscode';
import { labelOf, type RunEntry } from '../../protocol/webview-messages.ts';
import type { Jobs } from '../jobs/jobs.ts';
import { describe, statusText } from './pick-run.ts';
import { listRuns, watchRuns } from './run-folders.ts';

const ICONS = {
  running: new vscode.ThemeIcon('sync~spin'),
  done: new vscode.ThemeIcon('pass', new vscode.ThemeColor('testing.iconPassed')),
  failed: new vscode.ThemeIcon('error', new vscode.ThemeColor('testing.iconFailed')),
  cancelled: new vscode.ThemeIcon('circle-slash'),
} as const;

/** The menus' `viewItem` says what a run can do. */
const contextOf = ({ record, hasReport }: RunEntry): string =>
  ['run', record.status, hasReport && 'report', record.files.length > 0 && 'model'].filter(Boolean).join(' ');

export function registerRunsView(jobs: Jobs): vscode.Disposable {
  const changes = new vscode.EventEmitter<void>();
  const provider: vscode.TreeDataProvider<RunEntry> = {
    onDidChangeTreeData: changes.event,
    getChildren: (parent) => (parent ? [] : listRuns()),
    getTreeItem(run) {
      const item = new vscode.TreeItem(labelOf(run));
      item.id = run.folder;
      item.description = describe(run);
      item.iconPath = ICONS[run.record.status];
      item.contextValue = contextOf(run);
      item.tooltip = tooltipOf(run);
      item.accessibilityInformation = { label: `${labelOf(run)}, ${statusText(run.record.status)}, ${describe(run)}` };
      if (run.hasReport) {
        item.command = { command: 'quantlens.inspect', title: vscode.l10n.t('Inspect'), arguments: [run] };
      }
      return item;
    },
  };
  const view = vscode.window.createTreeView('quantlens.runs', { treeDataProvider: provider, canSelectMany: true });
  const watcher = watchRuns(() => changes.fire());
  const ended = jobs.onChange(() => changes.fire());
  return vscode.Disposable.from(view, watcher, ended, changes);
}

function tooltipOf({ folder, record }: RunEntry): vscode.MarkdownString {
  const { model, target, status, message, config } = record;
  const rows = [
    `**${record.label ?? record.id}**: ${statusText(status)}`,
    message,
    vscode.l10n.t('Model {0} for {1}', `\`${model}\``, `\`${target}\``),
    record.revision && vscode.l10n.t('Source revision {0}', `\`${record.revision}\``),
    ...(record.gates ?? []).map(({ met, message }) => `$(${met ? 'pass' : 'error'}) ${message}`),
    vscode.l10n.t('Config {0}', `\`${vscode.workspace.asRelativePath(config)}\``),
    `\`${folder}\``,
  ];
  return new vscode.MarkdownString(rows.filter(Boolean).join('\n\n'), true);
}
