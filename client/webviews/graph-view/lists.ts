// The tables beside the picture: ops in the order in which they run, and all tensors.
import { html, nothing, type TemplateResult } from 'lit';
import type { GraphNode, LaidOutGraph } from '../../../protocol/graph-view.ts';
import { decibels } from '../shared/format.ts';
import { GRADES, gradeOf } from './colors.ts';

/** A list box: arrows move the selection, which the picture follows. */
export function opList(
  nodes: readonly GraphNode[],
  selected: string | undefined,
  select: (id: string) => void,
): TemplateResult {
  const at = Math.max(
    0,
    nodes.findIndex(({ id }) => id === selected),
  );
  const onKey = (event: KeyboardEvent): void => {
    const steps: { readonly [key: string]: number } = {
      ArrowDown: 1,
      ArrowUp: -1,
      PageDown: 10,
      PageUp: -10,
      Home: -nodes.length,
      End: nodes.length,
    };
    const step = steps[event.key];
    if (step === undefined || nodes.length === 0) return;
    event.preventDefault();
    select(nodes[Math.min(nodes.length - 1, Math.max(0, at + step))].id);
  };
  return html`
    <ul class="ops" role="listbox" tabindex="0" aria-label="Ops in the order in which they run"
      aria-activedescendant=${selected === undefined ? nothing : `op-${at}`} @keydown=${onKey}>
      ${nodes.map((node, index) => opItem(node, index, node.id === selected, select))}
    </ul>
  `;
}

function opItem(node: GraphNode, index: number, isSelected: boolean, select: (id: string) => void): TemplateResult {
  const { mark, word } = GRADES[gradeOf(node)];
  return html`
    <li id="op-${index}" role="option" aria-selected=${isSelected} @click=${() => select(node.id)}>
      <span class="mark ${gradeOf(node)}" aria-hidden="true">${mark}</span>
      <span class="visually-hidden">${word}:</span>
      <span class="name">${node.layers[0] ?? node.id}</span>
      <span class="muted">${node.op}${node.error ? ` ${decibels(node.error.local.sqnr)}` : ''}</span>
    </li>
  `;
}

export function tensorTable({ tensors }: LaidOutGraph, filter: string): TemplateResult {
  const wanted = filter.trim().toLowerCase();
  const rows = tensors.filter(({ name, type }) => name.toLowerCase().includes(wanted) || type.includes(wanted));
  return html`
    <div class="scroller" tabindex="0" role="region" aria-label="Tensors">
      <table class="tensors">
        <thead>
          <tr>
            <th scope="col" class="number">#</th>
            <th scope="col">Name</th>
            <th scope="col">Type</th>
            <th scope="col">Shape</th>
            <th scope="col">Scale</th>
            <th scope="col" class="number">Bytes</th>
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            (row) => html`
              <tr>
                <td class="number muted">${row.index}</td>
                <th scope="row">${row.name}${row.isConstant ? html` <span class="muted">constant</span>` : nothing}</th>
                <td>${row.type}</td>
                <td>${row.shape}</td>
                <td>${row.quantization}</td>
                <td class="number">${row.bytes?.toLocaleString('en') ?? ''}</td>
              </tr>
            `,
          )}
        </tbody>
      </table>
    </div>
  `;
}
