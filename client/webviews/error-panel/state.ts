// What the error panel shows: the report of a run, another to compare with, and how the user looks at it.
import type { AdviceReport } from '../../../engine/error-analysis/advice-report.ts';
import type { ErrorReport, LayerError } from '../../../engine/error-analysis/report.ts';
import type { DetailsFile } from '../../../protocol/details-file.ts';
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
  readonly details?: DetailsFile;
  readonly advice?: AdviceReport;
  /** Index of the mix of bits that is looked at. */
  readonly mix?: number;
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
