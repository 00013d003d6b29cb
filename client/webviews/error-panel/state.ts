// What the error panel shows: the report of a run, another to compare with, and how the user looks at it.
import type { ErrorReport, LayerError } from '../../../engine/error-analysis/report.ts';
import type { RunEntry } from '../../../protocol/webview-messages.ts';
import { METRICS, type MetricId, metric } from './metrics.ts';

export type Column = 'index' | 'layer' | MetricId;

/** The part that survives a reload of the panel. */
export interface View {
  readonly bar: MetricId;
  readonly sort: { readonly column: Column; readonly descending: boolean };
  readonly filter: string;
  readonly selected?: string;
}

export interface State extends View {
  readonly run?: RunEntry;
  readonly report?: ErrorReport;
  readonly stale: ReadonlySet<string>;
  readonly runs: readonly RunEntry[];
  readonly comparison?: { readonly run: RunEntry; readonly report: ErrorReport };
  readonly problem?: string;
}

export const INITIAL: State = {
  bar: 'local',
  sort: { column: 'index', descending: false },
  filter: '',
  stale: new Set(),
  runs: [],
};

export interface Row {
  readonly index: number;
  readonly layer: LayerError;
}

/** The layers that pass the filter, in the wanted order. A value that is not a number is the worst. */
export function rowsOf({ report, filter, sort }: State): Row[] {
  const wanted = filter.trim().toLowerCase();
  const rows = (report?.layers ?? [])
    .map((layer, index) => ({ index, layer }))
    .filter(({ layer }) => [layer.name, layer.op, ...layer.layers].some((text) => text.toLowerCase().includes(wanted)));
  const direction = sort.descending ? -1 : 1;
  return rows.sort((a, b) => direction * compare(a, b, sort.column) || a.index - b.index);
}

function compare(a: Row, b: Row, column: Column): number {
  if (column === 'index') return a.index - b.index;
  if (column === 'layer') return a.layer.name.localeCompare(b.layer.name, undefined, { numeric: true });
  return order(metric(column).value(a.layer), column) - order(metric(column).value(b.layer), column);
}

function order(value: number | null, column: MetricId): number {
  const isLow = METRICS[column].worse === 'low';
  if (value === null) return Number.MAX_VALUE;
  if (!Number.isFinite(value)) return isLow ? -Number.MAX_VALUE : Number.MAX_VALUE;
  return column === 'bias' ? Math.abs(value) : value;
}

/** A click on a column: worst first, then the other way round. */
export function sortBy(state: State, column: Column): State {
  const again = state.sort.column === column;
  const worstFirst = column !== 'index' && column !== 'layer' && METRICS[column].worse === 'high';
  return { ...state, sort: { column, descending: again ? !state.sort.descending : worstFirst } };
}

export function layersAsCsv({ report }: State): string {
  const names = ['layer', 'op', 'keras_layers', ...Object.keys(METRICS), 'scale', 'zero_point', 'file', 'line'];
  const lines = (report?.layers ?? []).map((layer) => [
    layer.name,
    layer.op,
    layer.layers.join(' '),
    ...Object.values(METRICS).map(({ value }) => value(layer) ?? ''),
    layer.scale,
    layer.zeroPoint,
    layer.source?.file ?? '',
    layer.source?.line ?? '',
  ]);
  return [names, ...lines]
    .map((cells) => cells.map(csvCell).join(','))
    .join('\n')
    .concat('\n');
}

const csvCell = (value: string | number): string =>
  typeof value === 'string' && /[",\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : String(value);

/** Model Explorer's node data: one value a node, by the name of the op's output. */
export function nodeData({ report }: State): string {
  const results = Object.fromEntries(
    (report?.layers ?? []).map((layer) => [layer.name, { value: METRICS.local.value(layer) ?? 0 }]),
  );
  const gradient = [
    { stop: 0, bgColor: 'red' },
    { stop: 1, bgColor: 'green' },
  ];
  return JSON.stringify({ main: { results, gradient } }, null, 2);
}
