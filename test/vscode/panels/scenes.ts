// What each panel is shown with in the browser tests: the messages that the extension would send.
import { reportHtml } from '../../../host/runs/report-html.ts';
import type {
  ToComparePanel,
  ToErrorPanel,
  ToGraphPanel,
  ToTrainingPanel,
} from '../../../protocol/webview-messages.ts';
import { fixtureAdvice, fixtureDetails } from './fixture-details.ts';
import { fixtureGraph } from './fixture-graph.ts';
import { fixtureReport, fixtureRun, notFiniteReport } from './fixture-report.ts';
import { fixtureTraining } from './fixture-training.ts';

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

const graph: readonly ToGraphPanel[] = [
  { kind: 'graph', graph: fixtureGraph(24) },
  { kind: 'select', layer: 'layer_6' },
];

const training: readonly ToTrainingPanel[] = [
  { kind: 'events', title: 'Train with quantization', events: fixtureTraining() },
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
    name: 'errors-layer',
    messages: [
      ...errors,
      { kind: 'details', details: fixtureDetails(), advice: fixtureAdvice() } satisfies ToErrorPanel,
      { kind: 'select', layer: 'conv2d_6' },
    ],
    shown: '.advice tbody tr',
  },
  {
    panel: 'error-panel',
    name: 'errors-not-a-number',
    messages: [
      { kind: 'report', run: runs[0], report: notFiniteReport(), stale: [] } satisfies ToErrorPanel,
      { kind: 'select', layer: 'conv2d_1' },
    ],
    shown: 'tr[data-layer="conv2d_1"][aria-selected="true"]',
  },
  {
    panel: 'error-panel',
    name: 'errors-problem',
    messages: [{ kind: 'problem', message: 'report.json is damaged. Inspect the run again to make it anew.' }],
    shown: '[role="alert"]',
  },
  {
    panel: 'error-panel',
    name: 'errors-unreadable',
    messages: [
      ...errors,
      { kind: 'problem', message: 'report.json was made by a newer QuantLens.', run: runs[1] } satisfies ToErrorPanel,
    ],
    shown: 'main strong',
  },
  { panel: 'graph-view', name: 'graph', messages: graph, shown: '[role="option"][aria-selected="true"]' },
  {
    panel: 'graph-view',
    name: 'graph-problem',
    messages: [{ kind: 'problem', message: 'x.tflite is cut off.' }],
    shown: '[role="alert"]',
  },
  { panel: 'training-view', name: 'training', messages: training, shown: 'tbody tr' },
  {
    panel: 'training-view',
    name: 'training-failed',
    messages: [...training, { kind: 'ended', outcome: 'failed', message: 'The disk is full.' }],
    shown: 'main strong',
  },
  {
    panel: 'compare-view',
    name: 'compare',
    messages: [
      {
        kind: 'runs',
        runs: runs.map((run, index) => ({
          run,
          report: fixtureReport(),
          config: { 'training.epochs': String(3 + index) },
          sources: { 'model.py': `x = Dense(10)(x)\nx = ${index === 0 ? 'ReLU()' : 'ReLU(6.0)'}(x)\nreturn x\n` },
        })),
      } satisfies ToComparePanel,
    ],
    shown: 'tbody tr',
  },
];

/** What the figures are measured on: a small residual network, and a graph of 1,300 ops. */
export const FIGURES: Readonly<Record<'report' | 'details', ToErrorPanel>> & { readonly graph: ToGraphPanel } = {
  report: { kind: 'report', run: runs[0], report: fixtureReport(), stale: [] },
  details: { kind: 'details', details: fixtureDetails(), advice: fixtureAdvice() },
  graph: { kind: 'graph', graph: fixtureGraph(1300) },
};

/** report.html of the fixture's run. */
export const reportPage = (): string =>
  reportHtml(runs[0].record, fixtureReport(), { details: fixtureDetails(), advice: fixtureAdvice() });
