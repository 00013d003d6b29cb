// The compare panel: runs side by side, in scores, sizes, layers and configs. What differs is marked.
import '@vscode-elements/elements/dist/vscode-button/index.js';
import { html, nothing, render, type TemplateResult } from 'lit';
import {
  type ComparedRun,
  type FromComparePanel,
  labelOf,
  type ToComparePanel,
} from '../../../protocol/webview-messages.ts';
import { connect } from '../shared/host.ts';
import { asCsv, configRows, layerRows, type Row, resultRows } from './rows.ts';
import './compare-view.css';

const host = connect<ToComparePanel, FromComparePanel>(receive);
let runs: readonly ComparedRun[] = [];
let problem: string | undefined;

function receive(message: ToComparePanel): void {
  if (message.kind === 'runs') runs = message.runs;
  problem = message.kind === 'problem' ? message.message : undefined;
  draw();
}

const heads = (): string[] => runs.map(({ run }) => labelOf(run));

function draw(): void {
  const [results, layers, config] = [resultRows(runs), layerRows(runs), configRows(runs)];
  render(
    html`
      <main>
        <h1>Compare Runs</h1>
        ${problem ? html`<p class="problem" role="alert">${problem}</p>` : nothing}
        ${
          runs.length > 0
            ? html`<div class="toolbar">
              <vscode-button secondary @click=${() => save([...results, ...layers, ...config])}>Save as CSV</vscode-button>
            </div>`
            : nothing
        }
        ${table('Results', results)} ${table('Accumulated SQNR of each layer', layers)}
        ${table('Where the configs differ', config)}
      </main>
    `,
    document.body,
  );
}

function table(title: string, rows: readonly Row[]): TemplateResult | typeof nothing {
  if (rows.length === 0) return nothing;
  return html`
    <h2>${title}</h2>
    <div class="scroller" tabindex="0" role="region" aria-label=${title}>
      <table>
        <thead>
          <tr>
            <td></td>
            ${runs.map(
              ({ run }) =>
                html`<th scope="col"><button type="button" class="link" @click=${() => host.post({ kind: 'open-run', folder: run.folder })}>${labelOf(run)}</button></th>`,
            )}
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            ({ label, cells, differs }) => html`
              <tr class=${differs ? 'differs' : ''}>
                <th scope="row">${differs ? html`<span title="differs">≠</span>` : nothing} ${label}</th>
                ${cells.map((cell) => html`<td class="number">${cell}</td>`)}
              </tr>
            `,
          )}
        </tbody>
      </table>
    </div>
  `;
}

const save = (rows: readonly Row[]): void =>
  host.post({ kind: 'save', fileName: 'comparison.csv', content: asCsv(heads(), rows) });

draw();
host.post({ kind: 'ready' });
