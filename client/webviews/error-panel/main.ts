// The error panel: each layer's quantization error as a bar and as numbers, with the way back to its source line.
import '@vscode-elements/elements/dist/vscode-button/index.js';
import '@vscode-elements/elements/dist/vscode-option/index.js';
import '@vscode-elements/elements/dist/vscode-single-select/index.js';
import '@vscode-elements/elements/dist/vscode-textfield/index.js';
import { html, nothing, render, type TemplateResult } from 'lit';
import { modelExplorerNodeData, reportAsCsv } from '../../../engine/error-analysis/exports.ts';
import {
  type FromErrorPanel,
  labelOf,
  type OverrideChange,
  type RunEntry,
  type ToErrorPanel,
} from '../../../protocol/webview-messages.ts';
import { percent, plural } from '../shared/format.ts';
import { connect } from '../shared/host.ts';
import { adviceView } from './advice-view.ts';
import { details } from './details.ts';
import { focusRow, grid } from './grid.ts';
import { type MetricId, metric, metricsOf, verdict } from './metrics.ts';
import { INITIAL, rowsOf, type State, sortBy, type View } from './state.ts';
import './error-panel.css';

const host = connect<ToErrorPanel, FromErrorPanel, View>(receive);
/** In report.html the panel has a part of the page. */
const root = document.getElementById('panel') ?? document.body;
let state: State = { ...INITIAL, ...host.remembered };

function update(change: Partial<State>): void {
  state = { ...state, ...change };
  const { bar, sort, filter, selected } = state;
  host.remember({ bar, sort, filter, selected });
  render(page(), root);
}

function receive(message: ToErrorPanel): void {
  switch (message.kind) {
    case 'report':
      update({ run: message.run, report: message.report, stale: new Set(message.stale), problem: undefined });
      return;
    case 'details':
      update({ details: message.details, advice: message.advice });
      return;
    case 'runs':
      update({ runs: message.runs });
      return;
    case 'comparison':
      update({ comparison: { run: message.run, report: message.report } });
      return;
    case 'select':
      update({ selected: message.layer });
      focusRow(message.layer);
      return;
    case 'problem':
      update({
        problem: message.message,
        ...(message.run ? { run: message.run, report: undefined, details: undefined, advice: undefined } : {}),
      });
      return;
  }
}

const actions = {
  sort: (column: State['sort']['column']) => update(sortBy(state, column)),
  select: (selected: string) => update({ selected }),
  reveal: (layer: string) => host.post({ kind: 'reveal', layer }),
  showLayer: (layer: string) => host.post({ kind: 'show-layer', layer }),
  override: (layers: readonly string[], change: OverrideChange) => host.post({ kind: 'override', layers, change }),
  save: (fileName: string, content: string) => host.post({ kind: 'save', fileName, content }),
  measure: (what: 'sensitivity' | 'advice') => host.post({ kind: 'measure', what }),
  pickMix: (mix: number) => update({ mix }),
};

function page(): TemplateResult {
  const rows = rowsOf(state);
  const selected = state.report?.layers.find(({ name }) => name === state.selected) ?? rows[0]?.layer;
  return html`
    <main>
      <h1>Quantization Error${state.report ? html`: ${state.report.model}` : nothing}</h1>
      ${state.problem ? html`<p class="problem" role="alert">${state.problem}</p>` : nothing}
      ${state.report || state.run ? summary() : nothing}${state.report || state.runs.length > 0 ? toolbar() : nothing}
      ${
        state.report
          ? html`<div class="columns">${grid(state, rows, actions)}${selected ? details(selected, state, actions) : nothing}</div>${adviceView(state, actions)}`
          : state.problem
            ? nothing
            : html`<p class="muted">Loading the report…</p>`
      }
    </main>
  `;
}

function summary(): TemplateResult {
  const { report, run } = state;
  const poor = report?.layers.filter((layer) => verdict(layer) === 'poor').length ?? 0;
  const accuracies = run?.record.accuracies;
  const parts = [
    accuracies && `float ${percent(accuracies.float.accuracy)}`,
    accuracies && `int8 after training ${percent(accuracies.ptq.accuracy)}`,
    accuracies?.qat && `int8 with QAT ${percent(accuracies.qat.accuracy)}`,
  ].filter(Boolean);
  return html`
    <p>
      ${parts.length > 0 ? html`<strong>${parts.join(' · ')}</strong><br />` : nothing}
      <span class="muted" ?hidden=${!report}>
        ${plural(report?.layers.length ?? 0, 'layer')} over ${plural(report?.images ?? 0, 'image')};
        ${poor === 0 ? 'none loses more than rounding allows' : `${plural(poor, 'layer')} to look at`}
      </span>
    </p>
  `;
}

function toolbar(): TemplateResult {
  return html`
    <div class="toolbar" role="group" aria-label="What to show">
      ${state.runs.length > 0 ? select('Run', state.run?.folder ?? '', runOptions(state.runs), openRun) : nothing}
      ${
        state.report && state.runs.length > 1
          ? select(
              'Compare with',
              state.comparison?.run.folder ?? '',
              [['', 'nothing'], ...runOptions(state.runs)],
              compare,
            )
          : nothing
      }
      ${state.report ? look() : nothing}
    </div>
  `;
}

/** What of the report is shown, and its export. */
function look(): TemplateResult {
  return html`
      ${select(
        'Bars',
        state.bar,
        metricsOf(state.report?.layers ?? []).map((id) => [id, metric(id).label]),
        (id) => update({ bar: id as MetricId }),
      )}
      <div class="field">
        <span aria-hidden="true">Filter</span>
        <vscode-textfield label="Filter layers" placeholder="name or op" .value=${state.filter}
          @input=${(event: Event) => update({ filter: (event.target as HTMLInputElement).value })}></vscode-textfield>
      </div>
      ${select('Save as', '', SAVES, save)}
  `;
}

type Option = readonly [value: string, label: string];

function select(
  label: string,
  value: string,
  options: readonly Option[],
  changed: (value: string) => void,
): TemplateResult {
  return html`
    <div class="field">
      <span aria-hidden="true">${label}</span>
      <vscode-single-select label=${label} .value=${value}
        @change=${(event: Event) => changed((event.target as HTMLSelectElement).value)}>
        ${options.map(([key, text]) => html`<vscode-option value=${key} ?selected=${key === value}>${text}</vscode-option>`)}
      </vscode-single-select>
    </div>
  `;
}

const runOptions = (runs: readonly RunEntry[]): Option[] =>
  runs.filter(({ hasReport }) => hasReport).map((run) => [run.folder, labelOf(run)]);

const openRun = (folder: string): void => host.post({ kind: 'open-run', folder });

function compare(folder: string): void {
  if (folder === '') update({ comparison: undefined });
  host.post({ kind: 'compare', folder: folder || null });
}

const SAVES: readonly Option[] = [
  ['', 'choose a format'],
  ['csv', 'CSV'],
  ['json', 'JSON'],
  ['model-explorer', 'Model Explorer node data'],
];

function save(format: string): void {
  const { report } = state;
  if (!report) return;
  const name = report.model;
  if (format === 'csv') host.post({ kind: 'save', fileName: `${name}-errors.csv`, content: reportAsCsv(report) });
  if (format === 'json')
    host.post({ kind: 'save', fileName: `${name}-errors.json`, content: JSON.stringify(report, null, 2) });
  if (format === 'model-explorer')
    host.post({
      kind: 'save',
      fileName: `${name}-node-data.json`,
      content: JSON.stringify(modelExplorerNodeData(report), null, 2),
    });
}

update({});
host.post({ kind: 'ready' });
