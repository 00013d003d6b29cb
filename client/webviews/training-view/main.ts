// The training panel, live: how far it is, loss and scores, ranges, and what can be done with the job while it runs.
import '@vscode-elements/elements/dist/vscode-button/index.js';
import { html, nothing, render, type TemplateResult } from 'lit';
import type { FromTrainingPanel, ToTrainingPanel } from '../../../protocol/webview-messages.ts';
import { duration, percent, significant } from '../shared/format.ts';
import { connect } from '../shared/host.ts';
import { createLineChart } from '../shared/line-chart.ts';
import { follow, NOTHING, type Progress, secondsLeft } from './progress.ts';
import { epochTable, rangeTable, scoreOf } from './tables.ts';
import './training-view.css';

const host = connect<ToTrainingPanel, FromTrainingPanel>(receive);
const charts = {
  loss: createLineChart('Loss', 'step'),
  score: createLineChart('Score on the validation data', 'epoch'),
  rate: createLineChart('Learning rate', 'step'),
};
let title = 'Training';
let state: Progress = NOTHING;
let frame = 0;

function receive(message: ToTrainingPanel): void {
  if (message.kind === 'events') {
    title = message.title;
    state = message.events.reduce(follow, NOTHING);
  } else if (message.kind === 'event') state = follow(state, message.event);
  else state = { ...state, ended: { outcome: message.outcome, message: message.message } };
  // Steps come faster than a screen is drawn.
  if (frame === 0) frame = requestAnimationFrame(draw);
}

function draw(): void {
  frame = 0;
  render(page(state), document.body);
  charts.loss.update(state.steps, [{ label: 'training loss', values: state.losses }]);
  charts.rate.update(state.steps, [{ label: 'learning rate', values: state.rates }]);
  const epochs = state.epochs.filter(({ stage }) => stage === state.stage);
  charts.score.update(
    epochs.map(({ epoch }) => epoch),
    [
      { label: state.stage === 'float' ? 'float' : 'fake-quantized', values: epochs.map(scoreOf) },
      ...(epochs.some(({ int8Score }) => int8Score !== undefined)
        ? [{ label: 'int8', values: epochs.map(({ int8Score }) => int8Score ?? null) }]
        : []),
    ],
  );
}

const WORDS = { done: 'Done.', cancelled: 'Cancelled; what it had so far is kept.', failed: 'Failed.' } as const;

function page(progress: Progress): TemplateResult {
  const { ended, scores, warnings, epochs, ranges, steps } = progress;
  return html`
    <main>
      <h1>${title}</h1>
      <p role="status">${ended ? html`<strong>${WORDS[ended.outcome]}</strong> ${ended.message}` : progress.message}</p>
      ${ended ? nothing : bar(progress)}
      ${
        scores
          ? html`<p class="scores"><strong>${scores.title}</strong>: float ${score(scores.float, scores.metric)} · int8 after
            training ${score(scores.ptq, scores.metric)}${
              scores.qat ? html` · int8 with QAT ${score(scores.qat.int8, scores.metric)}` : nothing
            }</p>`
          : nothing
      }
      ${controls(progress)}
      ${warnings.map((warning) => html`<p class="problem">${warning}</p>`)}
      <div class="charts" ?hidden=${steps.length === 0}>
        ${charts.loss.element}${charts.score.element}${charts.rate.element}
      </div>
      ${epochs.length > 0 ? epochTable(epochs, progress.stage, ended ? undefined : rollBack) : nothing}
      ${ranges.length > 0 ? rangeTable(ranges) : nothing}
    </main>
  `;
}

const score = (value: number, metric: string): string => (metric === 'accuracy' ? percent(value) : significant(value));

function bar(progress: Progress): TemplateResult {
  const { done, total, imagesPerSecond, stage } = progress;
  const share = total > 0 ? done / total : 0;
  const left = secondsLeft(progress);
  return html`
    <progress max="1" value=${share} aria-label="Progress of this phase"></progress>
    <p class="muted">
      ${total > 0 ? `${done.toLocaleString('en')} of ${total.toLocaleString('en')}` : 'Preparing'}
      ${left === undefined ? nothing : html` · ${duration(left)} left`}
      ${imagesPerSecond === undefined ? nothing : html` · ${significant(imagesPerSecond)} images/s`}
      · ${stage === 'float' ? 'float training' : 'training with quantization'}
    </p>
  `;
}

const send = (command: Extract<FromTrainingPanel, { kind: 'control' }>['command']): void =>
  host.post({ kind: 'control', command });
const rollBack = (epoch: number): void => send(`rollback ${epoch}`);

function controls({ ended, control }: Progress): TemplateResult {
  const isPaused = control === 'pause';
  return html`
    <div class="toolbar">
      ${
        ended
          ? html`<vscode-button ?disabled=${ended.outcome !== 'done'} @click=${() => host.post({ kind: 'open-errors' })}>Show Errors</vscode-button>`
          : html`
            <vscode-button secondary @click=${() => send(isPaused ? 'resume' : 'pause')}>${isPaused ? 'Resume' : 'Pause'}</vscode-button>
            <vscode-button secondary ?disabled=${control === 'stop-at-epoch'} @click=${() => send('stop-at-epoch')}>Stop After Epoch</vscode-button>
            <vscode-button secondary @click=${() => send('cancel')}>Cancel</vscode-button>`
      }
      <vscode-button secondary @click=${savePictures}>Save Charts</vscode-button>
    </div>
  `;
}

function savePictures(): void {
  for (const [name, chart] of Object.entries(charts)) {
    const content = chart.toPng();
    if (content) host.post({ kind: 'save', fileName: `training-${name}.png`, content });
  }
}

draw();
host.post({ kind: 'ready' });
