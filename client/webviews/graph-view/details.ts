// The selected op: how it runs, what it reads and writes, its options and its measured error.
import { html, nothing, type TemplateResult } from 'lit';
import type { GraphNode, LaidOutGraph, TensorRow } from '../../../protocol/graph-view.ts';
import { decibels, significant } from '../shared/format.ts';
import { GRADES, gradeOf } from './colors.ts';

const RUNS: { readonly [R in GraphNode['run']]: string } = {
  integer: 'runs in integers',
  float: 'stays float',
  boundary: 'goes between real numbers and integers',
  unsupported: 'is not supported',
  end: 'is an end of the model',
};

export function details(
  graph: LaidOutGraph,
  node: GraphNode,
  reveal: (layers: readonly string[]) => void,
): TemplateResult {
  const { error, layers, options, reason, group } = node;
  const grade = gradeOf(node);
  return html`
    <section class="details" aria-labelledby="op-title">
      <h2 id="op-title">${node.op}</h2>
      <p class="muted">${node.id}</p>
      <p>${RUNS[node.run]}${reason ? html`: ${reason}` : nothing}</p>
      ${group === undefined ? nothing : html`<p>Shares one scale with the ops marked “= ${group + 1}”.</p>`}
      ${layers.length > 0 ? html`<p>Computes ${layers.join(', ')}</p>` : nothing}
      ${layers.length > 0 ? html`<vscode-button @click=${() => reveal(layers)}>Go to Source</vscode-button>` : nothing}
      ${
        error
          ? html`
            <h3>Error: ${GRADES[grade].mark} ${GRADES[grade].word}</h3>
            <table class="rows">
              <tr><th scope="row">Local SQNR</th><td class="number">${decibels(error.local.sqnr)}</td></tr>
              <tr><th scope="row">Accumulated SQNR</th><td class="number">${decibels(error.accumulated.sqnr)}</td></tr>
              <tr><th scope="row">RMSE / scale</th><td class="number">${significant(error.local.rmseOverScale)}</td></tr>
            </table>`
          : nothing
      }
      ${tensors('Reads', node.inputs, graph)}${tensors('Writes', node.outputs, graph)}
      ${
        options.length > 0
          ? html`<h3>Options</h3>
            <table class="rows">
              ${options.map(([name, value]) => html`<tr><th scope="row">${name}</th><td>${value}</td></tr>`)}
            </table>`
          : nothing
      }
    </section>
  `;
}

function tensors(title: string, ids: readonly number[], graph: LaidOutGraph): TemplateResult | typeof nothing {
  if (ids.length === 0) return nothing;
  return html`
    <h3>${title}</h3>
    <ul>
      ${ids.map((id) => tensorItem(graph.tensors[id]))}
    </ul>
  `;
}

const tensorItem = (tensor: TensorRow | undefined): TemplateResult | typeof nothing =>
  tensor
    ? html`<li>
        ${tensor.name} <span class="muted">${tensor.type} ${tensor.shape}${tensor.isConstant ? ', constant' : ''}</span>
        ${tensor.quantization ? html`<br /><span class="muted">scale ${tensor.quantization}</span>` : nothing}
      </li>`
    : nothing;
