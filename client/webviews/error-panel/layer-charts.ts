// The layer view: how the selected layer's values lie on their grid, channel by channel, and the inputs that come out worst.
import { html, nothing, type TemplateResult } from 'lit';
import { channelsChart } from '../../../engine/error-analysis/charts/channels-chart.ts';
import { histogramChart } from '../../../engine/error-analysis/charts/histogram-chart.ts';
import { pairsChart } from '../../../engine/error-analysis/charts/pairs-chart.ts';
import type { ChannelRanges, Distribution, LayerDetails } from '../../../engine/error-analysis/layer-details.ts';
import type { DetailsFile } from '../../../protocol/details-file.ts';
import { chart } from '../shared/chart.ts';
import { decibels, plural, significant } from '../shared/format.ts';

export interface ChartActions {
  save(fileName: string, content: string): void;
}

const SIZE = { width: 300, height: 150 };
const SQUARE = { width: 300, height: 220 };

export function layerCharts(name: string, file: DetailsFile | undefined, actions: ChartActions): TemplateResult {
  const layer = file?.layers.find((each) => each.name === name);
  if (!file) return html`<p class="muted">The run has no distributions yet: inspect it again to measure them.</p>`;
  if (!layer) return html`<p class="muted">No distributions were measured for this layer.</p>`;
  const part = (what: string): string => `${name.replaceAll(/[^\w.-]+/g, '_')}-${what}`;
  return html`
    <h3>Activations</h3>
    ${distribution(layer.activations, 'activations', part('activations'), actions)}
    ${layer.weights ? html`<h3>Weights</h3>${distribution(layer.weights, 'weights', part('weights'), actions)}` : nothing}
    <h3>Float against integer</h3>
    ${chart(pairsChart(layer.pairs, SQUARE), part('pairs'), actions.save)}
    ${worstInputs(layer, file)}
  `;
}

function distribution(shown: Distribution, title: string, name: string, { save }: ChartActions): TemplateResult {
  const { grid, channels } = shown;
  return html`
    ${chart(histogramChart(shown, title, SIZE), name, save)}
    <p class="muted">The grid goes from ${significant(grid.min)} to ${significant(grid.max)} (dashed) in steps of ${significant(grid.scale)}.</p>
    ${channels ? html`${chart(channelsChart(channels, title, SIZE), `${name}-channels`, save)}${channelFacts(channels)}` : nothing}
  `;
}

function channelFacts({ total, ratio, dead }: ChannelRanges): TemplateResult {
  return html`<p>
    ${plural(total, 'channel')}; the widest range is ${significant(ratio)} times the narrowest.
    ${dead > 0 ? html`<strong>${plural(dead, 'channel')} only of zeros</strong>: nothing is lost without them.` : nothing}
  </p>`;
}

function worstInputs({ worst }: LayerDetails, { inputs }: DetailsFile): TemplateResult | typeof nothing {
  if (worst.length === 0) return nothing;
  return html`
    <h3>Inputs that come out worst here</h3>
    <ul class="inputs">
      ${worst.map(({ sample, sqnr }) => {
        const input = inputs.find((each) => each.sample === sample);
        const label = input?.label === undefined ? '' : `, class ${input.label}`;
        return html`<li>
          ${input?.picture ? html`<img src=${input.picture} alt="Sample ${sample}${label}" />` : nothing}
          <span>sample ${sample}${label}</span> <span class="muted">${decibels(sqnr)}</span>
        </li>`;
      })}
    </ul>
  `;
}
