// The graph of a model as its target runs it: a picture, the ops and tensors as tables, the selected op in words.
import '@vscode-elements/elements/dist/vscode-button/index.js';
import '@vscode-elements/elements/dist/vscode-textfield/index.js';
import { html, nothing, render, type TemplateResult } from 'lit';
import type { GraphNode, LaidOutGraph } from '../../../protocol/graph-view.ts';
import type { FromGraphPanel, ToGraphPanel } from '../../../protocol/webview-messages.ts';
import { connect } from '../shared/host.ts';
import { createPicture, type Picture } from './canvas.ts';
import { GRADES } from './colors.ts';
import { details } from './details.ts';
import { opList, tensorTable } from './lists.ts';
import './graph-view.css';

interface Remembered {
  readonly tab: 'graph' | 'tensors';
  readonly filter: string;
  readonly selected?: string;
}

interface State extends Remembered {
  readonly graph?: LaidOutGraph;
  readonly message?: string;
  readonly problem?: string;
}

const host = connect<ToGraphPanel, FromGraphPanel, Remembered>(receive);
let state: State = { tab: 'graph', filter: '', ...host.remembered };
let picture: Picture | undefined;

function update(change: Partial<State>): void {
  state = { ...state, ...change };
  const { tab, filter, selected } = state;
  host.remember({ tab, filter, selected });
  render(page(), document.body);
  const canvas = document.querySelector('canvas');
  if (canvas && !picture) {
    picture = createPicture(canvas, (id) => select(id, false));
    // The benchmark reads the script time of a frame here.
    Object.assign(window, { quantlensPicture: picture });
  }
  if (change.graph) picture?.show(change.graph);
  if (state.selected !== undefined) picture?.select(state.selected);
}

function select(id: string, reveal = true): void {
  update({ selected: id });
  if (reveal) picture?.reveal(id);
  document.querySelector('[role="option"][aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
}

function receive(message: ToGraphPanel): void {
  switch (message.kind) {
    case 'graph':
      update({ graph: message.graph, message: undefined, problem: undefined });
      break;
    case 'busy':
      update({ message: message.message });
      break;
    case 'problem':
      update({ problem: message.message, message: undefined });
      break;
    case 'select': {
      const node = state.graph?.nodes.find(({ layers }) => layers.includes(message.layer));
      if (node) select(node.id);
    }
  }
}

function visibleNodes({ graph, filter }: State): readonly GraphNode[] {
  const wanted = filter.trim().toLowerCase();
  return (graph?.nodes ?? []).filter(({ id, op, layers }) =>
    [id, op, ...layers].some((text) => text.toLowerCase().includes(wanted)),
  );
}

function page(): TemplateResult {
  const { graph, problem, message, tab } = state;
  const node = graph?.nodes.find(({ id }) => id === state.selected);
  return html`
    <main>
      <header>
        <h1>${graph?.title ?? 'Model Graph'}</h1>
        ${graph ? html`<p class="muted">${graph.summary}</p>` : nothing}
        ${problem ? html`<p class="problem" role="alert">${problem}</p>` : nothing}
        ${message ? html`<p class="muted" role="status">${message}</p>` : nothing}
        ${graph?.problems.map((text) => html`<p class="problem">${text}</p>`)}
        ${graph ? toolbar() : nothing}
      </header>
      <div class="graph" ?hidden=${!graph || tab !== 'graph'}>
        <div class="side">${opList(visibleNodes(state), state.selected, select)}</div>
        <div class="picture">
          <canvas role="img" aria-label="Picture of the graph; the list beside it has the same ops"></canvas>
          <p class="legend muted">
            ${GRADES.good.mark} ${GRADES.good.word} · ${GRADES.fair.mark} ${GRADES.fair.word} · ${GRADES.poor.mark}
            ${GRADES.poor.word} · ${GRADES.float.mark} ${GRADES.float.word} · “= n” one scale
          </p>
        </div>
        ${graph && node ? details(graph, node, (layers) => host.post({ kind: 'reveal', layers })) : nothing}
      </div>
      ${graph && tab === 'tensors' ? tensorTable(graph, state.filter) : nothing}
    </main>
  `;
}

function toolbar(): TemplateResult {
  const tabButton = (tab: State['tab'], label: string): TemplateResult => html`
    <button type="button" role="tab" class="tab" aria-selected=${state.tab === tab} @click=${() => update({ tab })}>${label}</button>
  `;
  return html`
    <div class="toolbar">
      <div role="tablist" aria-label="What to show">${tabButton('graph', 'Graph')}${tabButton('tensors', 'Tensors')}</div>
      <vscode-textfield label="Filter" placeholder="Filter by name or op" .value=${state.filter}
        @input=${(event: Event) => update({ filter: (event.target as HTMLInputElement).value })}></vscode-textfield>
      <vscode-button secondary aria-label="Zoom in" @click=${() => picture?.zoom(1.25)}>+</vscode-button>
      <vscode-button secondary aria-label="Zoom out" @click=${() => picture?.zoom(0.8)}>−</vscode-button>
      <vscode-button secondary @click=${() => picture?.fit()}>Fit</vscode-button>
      ${
        document.body.dataset.simulate === undefined
          ? nothing
          : html`<vscode-button @click=${() => host.post({ kind: 'simulate' })}>Simulate With…</vscode-button>`
      }
    </div>
  `;
}

update({});
host.post({ kind: 'ready' });
