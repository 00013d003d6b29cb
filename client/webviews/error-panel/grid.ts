// The table of layers as a keyboard grid: one tab stop, arrows move, Home and End go to the ends, Enter opens the source.
import { html, nothing, type TemplateResult } from 'lit';
import { plural } from '../shared/format.ts';
import { badness, type MetricId, metric, metricsOf, VERDICTS, verdict } from './metrics.ts';
import type { Column, Row, State } from './state.ts';

export interface GridActions {
  sort(column: Column): void;
  select(layer: string): void;
  reveal(layer: string): void;
}

export function grid(state: State, rows: readonly Row[], actions: GridActions): TemplateResult {
  const values = state.report?.layers.map((layer) => metric(state.bar).value(layer)) ?? [];
  const selected = rows.some(({ layer }) => layer.name === state.selected) ? state.selected : rows[0]?.layer.name;
  return html`
    <div class="scroller">
      <table role="grid" aria-label="Quantization error by layer" aria-rowcount=${rows.length + 1}
        @keydown=${(event: KeyboardEvent) => onKey(event, rows, selected, actions)}>
        <thead>
          <tr>
            ${header(state, 'index', '#', 'In the order in which the model runs', actions, 'number')}
            ${header(state, 'layer', 'Layer', 'By name', actions, '')}
            <th scope="col" class="bar" title="Longer is worse">
              ${metric(state.bar).label}<span class="visually-hidden"> as a bar: longer is worse</span>
            </th>
            ${metricsOf(state.report?.layers ?? []).map((id) => header(state, id, metric(id).label, metric(id).help, actions, classOf(id)))}
            ${state.comparison ? html`<th scope="col" class="number">Change</th>` : nothing}
          </tr>
        </thead>
        <tbody>
          ${rows.map((row) => line(state, row, values, row.layer.name === selected, actions))}
        </tbody>
      </table>
      ${rows.length === 0 ? html`<p class="muted">No layer matches the filter.</p>` : nothing}
      <p class="visually-hidden" role="status">${plural(rows.length, 'layer')} shown</p>
    </div>
  `;
}

const classOf = (id: MetricId): string => `number ${metric(id).wide ? 'wide' : ''}`;

function header(
  { sort }: State,
  column: Column,
  label: string,
  help: string,
  actions: GridActions,
  className: string,
): TemplateResult {
  const isSorted = sort.column === column;
  const direction = sort.descending ? 'descending' : 'ascending';
  return html`
    <th scope="col" class=${className} aria-sort=${isSorted ? direction : 'none'}>
      <button type="button" class="sort" title=${help} @click=${() => actions.sort(column)}>
        ${label}<span aria-hidden="true">${isSorted ? (sort.descending ? ' ↓' : ' ↑') : ''}</span>
      </button>
    </th>
  `;
}

function line(
  state: State,
  { index, layer }: Row,
  values: readonly (number | null)[],
  isSelected: boolean,
  actions: GridActions,
): TemplateResult {
  const grade = verdict(layer);
  const { word, mark } = VERDICTS[grade];
  const value = metric(state.bar).value(layer);
  const length = badness(state.bar, value, values);
  const isStale = state.stale.has(layer.name);
  return html`
    <tr data-layer=${layer.name} tabindex=${isSelected ? 0 : -1} aria-selected=${isSelected} class=${grade}
      @click=${() => actions.select(layer.name)} @dblclick=${() => actions.reveal(layer.name)}>
      <td class="number muted">${index}</td>
      <th scope="row">
        <span class="mark" title=${word} aria-hidden="true">${mark}</span>
        <span class="name">${layer.name}</span> <span class="op muted">${layer.op}</span>
        ${isStale ? html`<span class="muted" title="Its source has changed since the run">(changed)</span>` : nothing}
        <span class="visually-hidden">${word}</span>
      </th>
      <td class="bar"><span class="track"><span class="fill" .style=${`width:${(100 * length).toFixed(1)}%`}></span></span></td>
      ${metricsOf(state.report?.layers ?? []).map((id) => html`<td class=${classOf(id)}>${metric(id).format(metric(id).value(layer))}</td>`)}
      ${state.comparison ? html`<td class="number">${change(state, layer.name)}</td>` : nothing}
    </tr>
  `;
}

/** How the shown metric differs from the compared run's, with a sign. */
function change({ comparison, report, bar }: State, name: string): string {
  const before = comparison?.report.layers.find((layer) => layer.name === name);
  const now = report?.layers.find((layer) => layer.name === name);
  if (!before || !now) return 'new';
  const difference = (metric(bar).value(now) ?? Number.NaN) - (metric(bar).value(before) ?? Number.NaN);
  if (!Number.isFinite(difference)) return '–';
  return `${difference > 0 ? '+' : ''}${metric(bar).format(difference)}`;
}

const STEPS: { readonly [key: string]: number } = {
  ArrowDown: 1,
  ArrowUp: -1,
  PageDown: 10,
  PageUp: -10,
  Home: Number.NEGATIVE_INFINITY,
  End: Number.POSITIVE_INFINITY,
};

function onKey(event: KeyboardEvent, rows: readonly Row[], selected: string | undefined, actions: GridActions): void {
  if (!(event.target instanceof HTMLTableRowElement) || selected === undefined) return;
  if (event.key === 'Enter') {
    actions.reveal(selected);
    return;
  }
  const step = STEPS[event.key];
  if (step === undefined) return;
  event.preventDefault();
  const at = rows.findIndex(({ layer }) => layer.name === selected);
  const next = rows[Math.min(rows.length - 1, Math.max(0, at + step))];
  actions.select(next.layer.name);
  focusRow(next.layer.name);
}

export function focusRow(name: string): void {
  const row = document.querySelector<HTMLElement>(`tr[data-layer="${CSS.escape(name)}"]`);
  row?.focus();
  row?.scrollIntoView({ block: 'nearest' });
}
