// The selected layer: every number with what it means, and what can be done about it.
import { html, nothing, type TemplateResult } from 'lit';
import type { LayerError } from '../../../engine/error-analysis/report.ts';
import type { OverrideChange } from '../../../protocol/webview-messages.ts';
import { percent, significant } from '../shared/format.ts';
import { layerCharts } from './layer-charts.ts';
import { metric, metricsOf, VERDICTS, verdict } from './metrics.ts';
import type { State } from './state.ts';

export interface DetailActions {
  reveal(layer: string): void;
  showLayer(layer: string): void;
  override(layers: readonly string[], change: OverrideChange): void;
  save(fileName: string, content: string): void;
  measure(what: 'sensitivity' | 'advice'): void;
}

export function details(layer: LayerError, state: State, actions: DetailActions): TemplateResult {
  const { word, mark } = VERDICTS[verdict(layer)];
  return html`
    <section aria-labelledby="layer-title" class="details ${verdict(layer)}">
      <h2 id="layer-title">${layer.name}</h2>
      <p>
        <span class="mark" aria-hidden="true">${mark}</span> ${word}
        <span class="muted"> · ${layer.op} · scale ${significant(layer.scale)}, zero point ${layer.zeroPoint}</span>
      </p>
      ${
        layer.notFinite
          ? html`<p class="problem" role="note">${percent(layer.notFinite)} of the float model's values here are NaN or infinite. They are left
            out of the numbers: look for where the model overflows, in this layer or before it.</p>`
          : nothing
      }
      ${layer.layers.length > 1 ? html`<p class="muted">Computes ${layer.layers.join(', ')}</p>` : nothing}
      <div class="toolbar only-live">
        <vscode-button @click=${() => actions.reveal(layer.name)}>Go to Source</vscode-button>
        <vscode-button secondary @click=${() => actions.override(layer.layers, 'skip')}
          title="Writes an override into the config: the layer stays float">Keep in Float</vscode-button>
        <vscode-button secondary @click=${() => actions.override(layer.layers, '16-bit-activations')}
          title="Writes an override into the config: 16-bit activations">Use 16 Bits</vscode-button>
      </div>
      ${layerCharts(layer.name, state.details, actions)}
      <dl>
        ${metricsOf([layer]).map(
          (id) => html`
            <div>
              <dt>${metric(id).label}</dt>
              <dd class="number">${metric(id).format(metric(id).value(layer))}</dd>
              <dd class="muted">${metric(id).help}</dd>
            </div>
          `,
        )}
      </dl>
      ${
        layer.effect
          ? nothing
          : html`<p class="only-live"><vscode-button secondary @click=${() => actions.measure('sensitivity')}
              title="Measures the score with this and each other layer in float, and with it alone quantized">Measure What Each Layer Costs</vscode-button></p>`
      }
    </section>
  `;
}
