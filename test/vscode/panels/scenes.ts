// What each panel is shown with in the browser tests: the messages that the extension would send.
import type { ToErrorPanel } from '../../../protocol/webview-messages.ts';
import { fixtureReport, fixtureRun } from './fixture-report.ts';

export interface Scene {
  readonly panel: string;
  readonly name: string;
  readonly messages: readonly unknown[];
  /** A selector that is there once the messages have been shown. */
  readonly shown: string;
}

const runs = [fixtureRun('/project/.quantlens/runs/second', 'second'), fixtureRun('/project/.quantlens/runs/first')];

const errors: readonly ToErrorPanel[] = [
  { kind: 'report', run: runs[0], report: fixtureReport(), stale: ['conv2d_3'] },
  { kind: 'runs', runs },
];

export const SCENES: readonly Scene[] = [
  { panel: 'error-panel', name: 'errors', messages: errors, shown: 'tbody tr' },
  {
    panel: 'error-panel',
    name: 'errors-compared',
    messages: [
      ...errors,
      { kind: 'comparison', run: runs[1], report: fixtureReport() },
      { kind: 'select', layer: 'conv2d_6' },
    ],
    shown: 'tr[data-layer="conv2d_6"][aria-selected="true"]',
  },
  {
    panel: 'error-panel',
    name: 'errors-problem',
    messages: [{ kind: 'problem', message: 'report.json is damaged. Inspect the run again to make it anew.' }],
    shown: '[role="alert"]',
  },
];
