// The compare panel: runs side by side, in scores, costs, layers, configs and sources. What differs and what is best is marked.
import '@vscode-elements/elements/dist/vscode-button/index.js';
import { html, nothing, render, type TemplateResult } from 'lit';
import { withContext } from '../../../protocol/line-diff.ts';
import { compareRuns, type SourceChange } from '../../../protocol/run-comparison.ts';
import {
  type ComparedRun,
  type FromComparePanel,
  labelOf,
  type ToComparePanel,
} from '../../../protocol/webview-messages.ts';
import { connect } from '../shared/host.ts';
import { aboutRows, asCsv, layerRow, numberRow, type Row, textRow } from './rows.ts';
import './compare-view.css';

const host = connect<ToComparePanel, FromComparePanel>(receive);
let runs: readonly ComparedRun[] = [];
let problem: string | undefined;

/** Equal lines about a changed one. */
const CONTEXT = 2;

function receive(message: ToComparePanel): void {
  if (message.kind === 'runs') runs = message.runs;
  problem = message.kind === 'problem' ? message.message : undefined;
  draw();
}

const heads = (): string[] => runs.map(({ run }) => labelOf(run));

function draw(): void {
  const comparison = compareRuns(runs.map(({ run, ...rest }) => ({ record: run.record, ...rest })));
  const results = [...aboutRows(runs), ...comparison.results.map((each) => numberRow(each, comparison.metric))];
  const [layers, config] = [comparison.layers.map(layerRow), comparison.config.map(textRow)];
  render(
    html`
      <main>
        <h1>Compare Runs</h1>
        ${problem ? html`<p class="problem" role="alert">${problem}</p>` : nothing}
        ${
          runs.length > 0
            ? html`<div class="toolbar">
              <vscode-button secondary @click=${() => save([...results, ...config])}>Save Results as CSV</vscode-button>
              <vscode-button secondary @click=${() => save(layers, ['here', 'so far'])}>Save Layers as CSV</vscode-button>
            </div>`
            : nothing
        }
        ${table('Results', results)} ${table('SQNR of each layer', layers, ['here', 'so far'])}
        ${table('Where the configs differ', config)} ${comparison.sources.map(sourceChange)}
        ${runs.length > 1 && config.length === 0 ? html`<p class="muted">The configs are the same.</p>` : nothing}
      </main>
    `,
    document.body,
  );
}

/** `parts`: each run has a column for each of them. */
function table(title: string, rows: readonly Row[], parts: readonly string[] = ['']): TemplateResult | typeof nothing {
  if (rows.length === 0) return nothing;
  return html`
    <h2>${title}</h2>
    <div class="scroller" tabindex="0" role="region" aria-label=${title}>
      <table>
        <thead>
          <tr>
            <td></td>
            ${parts.map((part) => runs.map(({ run }) => head(labelOf(run), run.folder, part)))}
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            ({ label, cells, differs, best }) => html`
              <tr class=${differs ? 'differs' : ''}>
                <th scope="row">${differs ? html`<span title="differs">≠</span>` : nothing} ${label}</th>
                ${cells.map((cell, index) => html`<td class="number">${cell}${index === best ? html` <span title="best">✓</span>` : nothing}</td>`)}
              </tr>
            `,
          )}
        </tbody>
      </table>
    </div>
  `;
}

const head = (label: string, folder: string, part: string): TemplateResult => html`
  <th scope="col">
    <button type="button" class="link" @click=${() => host.post({ kind: 'open-run', folder })}>${label}</button>
    ${part ? html`<br /><span class="muted">${part}</span>` : nothing}
  </th>
`;

function sourceChange({ file, run, lines }: SourceChange): TemplateResult {
  const [before, after] = [labelOf(runs[0].run), labelOf(runs[run].run)];
  const title = `${file}, from ${before} to ${after}`;
  const marks = { same: '  ', removed: '- ', added: '+ ' } as const;
  return html`
    <h2>${title}</h2>
    <div class="scroller" tabindex="0" role="region" aria-label=${title}>
      <pre>${withContext(lines, CONTEXT).map((line) =>
        line === null
          ? html`<span class="muted">  …\n</span>`
          : html`<span class=${line.kind}>${marks[line.kind]}${line.text}\n</span>`,
      )}</pre>
    </div>
  `;
}

const save = (rows: readonly Row[], parts: readonly string[] = ['']): void => {
  const columns = parts.flatMap((part) => heads().map((label) => (part ? `${label}, ${part}` : label)));
  host.post({ kind: 'save', fileName: 'comparison.csv', content: asCsv(columns, rows) });
};

draw();
host.post({ kind: 'ready' });
