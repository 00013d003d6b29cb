// The one status bar item: what the job does now, with a spinner. A click offers what can be done with it.
import * as vscode from 'vscode';
import type { JobEvent, Phase } from '../../protocol/job-events.ts';

export interface JobStatus extends vscode.Disposable {
  show(title: string): void;
  event(event: JobEvent): void;
  hide(): void;
}

export function createJobStatus(): JobStatus {
  let item: vscode.StatusBarItem | undefined;
  let title = '';
  let text = '';
  const write = (): void => {
    if (!item) return;
    item.text = `$(sync~spin) ${text || title}`;
    item.tooltip = new vscode.MarkdownString(
      `${title}\n\n${text}\n\n${vscode.l10n.t('Click to cancel or show progress')}`,
    );
    item.accessibilityInformation = { label: `${title}: ${text}`, role: 'button' };
  };
  return {
    show(newTitle) {
      item ??= vscode.window.createStatusBarItem('quantlens.job', vscode.StatusBarAlignment.Left);
      item.name = 'QuantLens';
      item.command = 'quantlens.jobActions';
      title = newTitle;
      text = '';
      write();
      item.show();
    },
    event(event) {
      text = textOf(event) ?? text;
      write();
    },
    hide: () => item?.hide(),
    dispose: () => item?.dispose(),
  };
}

function textOf(event: JobEvent): string | undefined {
  switch (event.kind) {
    case 'phase':
      return event.message;
    case 'progress':
      return `${phases()[event.phase]} ${Math.floor((100 * event.done) / Math.max(event.total, 1))} %`;
    case 'epoch':
      return vscode.l10n.t('Epoch {0} of {1}', event.epoch, event.epochs);
    default:
      return undefined;
  }
}

const phases = (): { readonly [phase in Phase]: string } => ({
  load: vscode.l10n.t('Load'),
  float: vscode.l10n.t('Float accuracy'),
  calibrate: vscode.l10n.t('Calibrate'),
  'post-training': vscode.l10n.t('Post-training int8'),
  train: vscode.l10n.t('Train'),
  export: vscode.l10n.t('Export'),
  simulate: vscode.l10n.t('Simulate int8'),
  inspect: vscode.l10n.t('Measure errors'),
});
