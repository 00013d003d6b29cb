// The numbers beside the charts: a row an epoch, and the ranges of activations after the last one.
import { html, nothing, type TemplateResult } from 'lit';
import { ROLLBACK_EPOCHS } from '../../../protocol/job-request.ts';
import { percent, significant } from '../shared/format.ts';
import type { EpochRow, RangeRow, Stage } from './progress.ts';

export const scoreOf = ({ validationScore, accuracy }: EpochRow): number | null => validationScore ?? accuracy ?? null;

/** `rollBack` is offered for the epochs of the present stage whose checkpoints are kept. */
export function epochTable(
  rows: readonly EpochRow[],
  present: Stage,
  rollBack?: (epoch: number) => void,
): TemplateResult {
  const last = rows.at(-1);
  const canGoBack = ({ stage, epoch }: EpochRow): boolean =>
    stage === present && last?.stage === present && epoch < last.epoch && epoch > last.epoch - ROLLBACK_EPOCHS;
  return html`
    <h2>Epochs</h2>
    <div class="scroller" tabindex="0" role="region" aria-label="Epochs">
      <table>
        <thead>
          <tr>
            <th scope="col">Epoch</th>
            <th scope="col" class="number">Loss</th>
            <th scope="col" class="number">Training accuracy</th>
            <th scope="col" class="number">Validation</th>
            <th scope="col" class="number">int8</th>
            <th scope="col"><span class="visually-hidden">Go back</span></th>
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            (row) => html`
              <tr>
                <th scope="row">${row.stage === 'float' ? 'float' : 'quantized'} ${row.epoch} of ${row.epochs}</th>
                <td class="number">${significant(row.loss, 4)}</td>
                <td class="number">${row.accuracy === undefined ? '' : percent(row.accuracy)}</td>
                <td class="number">${row.validationScore === undefined ? '' : significant(row.validationScore, 4)}</td>
                <td class="number">${row.int8Score === undefined ? '' : significant(row.int8Score, 4)}</td>
                <td>
                  ${
                    rollBack && canGoBack(row)
                      ? html`<vscode-button secondary @click=${() => rollBack(row.epoch)}
                          title="Goes on from the weights after epoch ${row.epoch}, in another order of the samples">Roll Back</vscode-button>`
                      : nothing
                  }
                </td>
              </tr>
            `,
          )}
        </tbody>
      </table>
    </div>
  `;
}

export function rangeTable(rows: readonly RangeRow[]): TemplateResult {
  return html`
    <h2>Ranges of activations</h2>
    <div class="scroller" tabindex="0" role="region" aria-label="Ranges of activations">
      <table>
        <thead>
          <tr>
            <th scope="col">Tensor</th>
            <th scope="col" class="number">Minimum</th>
            <th scope="col" class="number">Maximum</th>
            <th scope="col" class="number">Width, against the epoch before</th>
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            ({ name, min, max, change }) => html`
              <tr>
                <th scope="row">${name}</th>
                <td class="number">${significant(min)}</td>
                <td class="number">${significant(max)}</td>
                <td class="number">${change === undefined ? '' : `${change < 1 ? '↓' : change > 1 ? '↑' : '='} ${percent(change)}`}</td>
              </tr>
            `,
          )}
        </tbody>
      </table>
    </div>
  `;
}
