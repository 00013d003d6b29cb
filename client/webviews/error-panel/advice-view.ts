// Mixed precision: mixes of bits by size and expected error, as a curve and as a table, each written into the config by one click.
import { html, nothing, type TemplateResult } from 'lit';
import type { AdvicePoint } from '../../../engine/error-analysis/advice-report.ts';
import { paretoChart } from '../../../engine/error-analysis/charts/pareto-chart.ts';
import type { OverrideChange } from '../../../protocol/webview-messages.ts';
import { chart } from '../shared/chart.ts';
import { decibels, significant } from '../shared/format.ts';
import type { State } from './state.ts';

export interface AdviceActions {
  measure(what: 'advice'): void;
  pickMix(mix: number): void;
  override(layers: readonly string[], change: OverrideChange): void;
  save(fileName: string, content: string): void;
}

const CHANGES: Readonly<Record<number, OverrideChange>> = { 4: '4-bit-weights', 2: '2-bit-weights' };

export function adviceView({ advice, mix = 0 }: State, actions: AdviceActions): TemplateResult {
  if (!advice || advice.points.length === 0) {
    return html`<section class="advice only-live" aria-labelledby="advice-title">
      <h2 id="advice-title">Fewer bits</h2>
      <p class="muted">Not measured yet: what weights of 4 and 2 bits cost each layer.</p>
      <vscode-button secondary @click=${() => actions.measure('advice')}>Measure Fewer Bits</vscode-button>
    </section>`;
  }
  const { points, model } = advice;
  const most = Math.max(...points.flatMap(({ bits }) => Object.values(bits)));
  const chosen = Math.min(mix, points.length - 1);
  return html`
    <section class="advice" aria-labelledby="advice-title">
      <h2 id="advice-title">Fewer bits</h2>
      <p class="muted">
        Measured on ${advice.images.toLocaleString('en')} samples, layer by layer; errors of layers are taken to add up. Train the mix to see its score.
      </p>
      <div class="advice-columns">
        ${chart(paretoChart(points, chosen, { width: 420, height: 260 }), `${model}-bits`, actions.save)}
        <div class="scroller" tabindex="0" role="region" aria-label="Mixes of bits">
          <table>
            <thead><tr>
              <th scope="col">Mix</th><th scope="col" class="number">Weights</th><th scope="col" class="number">SQNR</th>
              <th scope="col" class="number">Loss, points</th><th scope="col">Fewer bits</th>
            </tr></thead>
            <tbody>${points.map((point, index) => mixRow(point, index, index === chosen, most, actions))}</tbody>
          </table>
        </div>
      </div>
      <p class="only-live">
        <vscode-button ?disabled=${points[chosen].overrides.length === 0} @click=${() => write(points[chosen], actions)}>
          Write Mix ${chosen} into the Config
        </vscode-button>
      </p>
    </section>
  `;
}

function mixRow(
  point: AdvicePoint,
  index: number,
  isChosen: boolean,
  most: number,
  actions: AdviceActions,
): TemplateResult {
  const fewer = Object.entries(point.bits).filter(([, bits]) => bits < most);
  return html`<tr aria-current=${isChosen ? 'true' : nothing}>
    <th scope="row"><button type="button" class="link" aria-pressed=${isChosen} @click=${() => actions.pickMix(index)}>${index}${isChosen ? ' ■' : ''}</button></th>
    <td class="number">${significant(point.bytes / 1024)} KiB</td>
    <td class="number">${decibels(point.sqnr)}</td>
    <td class="number">${significant(100 * point.loss)}</td>
    <td>${fewer.length === 0 ? `all ${most}` : fewer.map(([name, bits]) => `${name}: ${bits}`).join(', ')}</td>
  </tr>`;
}

/** One click writes all of a mix: the layers by their bits. */
function write({ overrides }: AdvicePoint, actions: AdviceActions): void {
  for (const [bits, change] of Object.entries(CHANGES)) {
    const layers = overrides.flatMap(({ match, weights }) =>
      'name' in match && weights?.bits === Number(bits) ? [match.name] : [],
    );
    if (layers.length > 0) actions.override(layers, change);
  }
}
