// The error panel beside the source: a run's report, kept in step with the cursor, the config and the runs.
import * as vscode from 'vscode';
import type { ErrorReport, LayerError } from '../../engine/error-analysis/report.ts';
import { type FromErrorPanel, labelOf, type RunEntry, type ToErrorPanel } from '../../protocol/webview-messages.ts';
import { showFailure } from '../commands/show-failure.ts';
import { writeOverride } from '../config/write-override.ts';
import type { Context } from '../context.ts';
import { readMore } from '../runs/read-more.ts';
import { listRuns, readReport, readRun, watchRuns } from '../runs/run-folders.ts';
import { mayRunJobs } from '../trust.ts';
import { followCursor } from './follow-cursor.ts';
import { revealPlace, type SourcePlace, sayGone, sayUnknown } from './reveal-source.ts';
import { saveAs } from './save-as.ts';
import { fileOf, staleLayers } from './stale-layers.ts';
import { openWebview, type Panel } from './webview.ts';

interface Shown {
  readonly run: RunEntry;
  readonly report: ErrorReport;
}

let open: { show(folder: string): Promise<void> } | undefined;

/** Opens the panel on a run, or shows the run in the panel that is open. */
export async function showErrorPanel(context: Context, folder: string): Promise<void> {
  open ??= createErrorPanel(context, () => {
    open = undefined;
  });
  await open.show(folder);
}

function createErrorPanel(context: Context, closed: () => void): { show(folder: string): Promise<void> } {
  let shown: Shown | undefined;
  let ready = false;
  let waiting: ToErrorPanel[] = [];
  const view: Panel<ToErrorPanel> = openWebview<ToErrorPanel, FromErrorPanel>(context, {
    name: 'error-panel',
    title: vscode.l10n.t('Quantization Error'),
    receive: (message) => void receive(message),
  });
  const post = (message: ToErrorPanel): void => {
    if (ready) view.post(message);
    else waiting.push(message);
  };
  const postReport = (): void => {
    if (shown) post({ kind: 'report', ...shown, stale: staleLayers(shown.run, shown.report) });
  };
  /** After the report, since it is large: the panel is drawn without it. */
  const postMore = async (): Promise<void> => {
    if (shown) post({ kind: 'details', ...(await readMore(shown.run.folder)) });
  };
  const postRuns = async (): Promise<void> => post({ kind: 'runs', runs: await listRuns() });
  const show = async (folder: string): Promise<void> => {
    view.panel.reveal(undefined, true);
    try {
      shown = await load(folder);
      view.panel.title = vscode.l10n.t('Errors: {0}', labelOf(shown.run));
      postReport();
      await postMore();
    } catch (error) {
      const run = await readRun(folder);
      post({ kind: 'problem', message: messageOf(error), ...(run ? { run } : {}) });
    }
    await postRuns();
  };
  const receive = async (message: FromErrorPanel): Promise<void> => {
    if (message.kind === 'ready') {
      // Also after the panel was hidden: its page starts anew.
      const pending = waiting;
      waiting = [];
      const isFirst = !ready;
      ready = true;
      for (const each of pending) view.post(each);
      if (!isFirst) postReport();
      if (!isFirst) await Promise.all([postMore(), postRuns()]);
      return;
    }
    if (message.kind === 'open-run') return show(message.folder);
    if (message.kind === 'measure') {
      if (shown && (await measure(context, shown.run, message.what))) await show(shown.run.folder);
      return;
    }
    if (message.kind === 'compare') {
      if (!message.folder) return;
      const other = await load(message.folder).catch(messageOf);
      post(typeof other === 'string' ? { kind: 'problem', message: other } : { kind: 'comparison', ...other });
      return;
    }
    if (shown) await act(context, shown, message);
  };
  const disposables = [
    watchRuns(() => void postRuns()),
    vscode.workspace.onDidSaveTextDocument(postReport),
    followCursor(context, (layer) => {
      const op = shown?.report.layers.find(({ layers, name }) => name === layer || layers.includes(layer));
      if (op) post({ kind: 'select', layer: op.name });
    }),
  ];
  view.panel.onDidDispose(() => {
    for (const each of disposables) each.dispose();
    closed();
  });
  return { show };
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

async function load(folder: string): Promise<Shown> {
  const run = await readRun(folder);
  if (!run) throw new Error(vscode.l10n.t('{0} is not a whole run: its run.json is missing or damaged.', folder));
  return { run, report: await readReport(folder) };
}

/** False where it was cancelled or has failed, which the job has told. */
async function measure(context: Context, run: RunEntry, what: 'sensitivity' | 'advice'): Promise<boolean> {
  if (!(await mayRunJobs())) return false;
  const title =
    what === 'advice' ? vscode.l10n.t('Measure fewer bits') : vscode.l10n.t('Measure what each layer costs');
  const outcome = await context.jobs.run({ kind: 'inspect', run: run.folder, [what]: true }, title);
  if (outcome.kind === 'failed') await showFailure(context, outcome.event);
  return outcome.kind === 'done';
}

async function act(
  context: Context,
  shown: Shown,
  message: Exclude<FromErrorPanel, { kind: 'ready' | 'open-run' | 'compare' | 'measure' }>,
): Promise<void> {
  switch (message.kind) {
    case 'reveal':
    case 'show-layer': {
      const layer = shown.report.layers.find(({ name }) => name === message.layer);
      if (layer) await revealSource(context, shown, layer);
      return;
    }
    case 'override':
      return writeOverride(context, vscode.Uri.file(shown.run.record.config), message.layers, message.change);
    case 'save':
      return saveAs(shown.run.folder, message.fileName, message.content);
  }
}

async function revealSource(context: Context, { run }: Shown, layer: LayerError): Promise<void> {
  const place = await sourceOf(context, run, layer);
  if (!place) return sayUnknown(layer.name);
  try {
    await revealPlace(place);
  } catch {
    // The run is older than the move or the removal of its source.
    sayGone(place.uri.fsPath);
  }
}

/** Where the layer's source is now; else where the run saw it. */
async function sourceOf(context: Context, { record }: RunEntry, layer: LayerError): Promise<SourcePlace | undefined> {
  const config = vscode.Uri.file(record.config).toString();
  const now = await context.server.request('quantlens/layerSource', { config, layers: layer.layers });
  if (now) return { uri: vscode.Uri.parse(now.uri), line: now.line };
  if (!layer.source) return undefined;
  return { uri: vscode.Uri.file(fileOf(record.config, layer.source.file)), line: layer.source.line - 1 };
}
