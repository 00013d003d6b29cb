// The graph panel: a model as its target runs it, laid out in a thread, in step with the cursor in the source.
import * as vscode from 'vscode';
import type { LaidOutGraph } from '../../protocol/graph-view.ts';
import type { FromGraphPanel, ToGraphPanel } from '../../protocol/webview-messages.ts';
import type { Context } from '../context.ts';
import { layOut } from '../graph/layout.ts';
import { followCursor } from './follow-cursor.ts';
import { revealLayers } from './reveal-source.ts';
import { openWebview } from './webview.ts';

export interface GraphSubject {
  readonly uri: vscode.Uri;
  /** One of the models that the source builds. */
  readonly model?: string;
}

interface OpenPanel {
  readonly panel: vscode.WebviewPanel;
  show(): Promise<void>;
}

const panels = new Map<string, OpenPanel>();

export async function showGraphPanel(context: Context, subject: GraphSubject): Promise<void> {
  const key = `${subject.uri}\n${subject.model ?? ''}`;
  let open = panels.get(key);
  if (!open) {
    open = createGraphPanel(context, subject);
    open.panel.onDidDispose(() => panels.delete(key));
    panels.set(key, open);
  }
  open.panel.reveal(undefined, true);
  await open.show();
}

function createGraphPanel(context: Context, subject: GraphSubject): OpenPanel {
  const name = subject.model ?? subject.uri.path.split('/').at(-1) ?? '';
  const page = openWebview<ToGraphPanel, FromGraphPanel>(context, {
    name: 'graph-view',
    title: vscode.l10n.t('Graph: {0}', name),
    receive: (message) => void receive(message),
  });
  const graph = graphPage(context, subject, page.post);
  const receive = async (message: FromGraphPanel): Promise<void> => {
    if (message.kind === 'ready') graph.ready();
    if (message.kind === 'reveal') await revealLayers(context, subject.uri, message.layers);
  };
  const disposables = [
    followCursor(context, (layer) => page.post({ kind: 'select', layer })),
    vscode.workspace.onDidSaveTextDocument(() => void graph.load()),
  ];
  page.panel.onDidDispose(() => {
    for (const each of disposables) each.dispose();
  });
  return { panel: page.panel, show: graph.load };
}

/** What is sent to a page of a graph, also again after the page was hidden. */
export function graphPage(
  context: Context,
  { uri, model }: GraphSubject,
  post: (message: ToGraphPanel) => void,
): { ready(): void; load(): Promise<void> } {
  let shown: ToGraphPanel | undefined;
  let latest = 0;
  const say = (message: ToGraphPanel): void => {
    shown = message;
    post(message);
  };
  return {
    ready: () => shown && post(shown),
    async load() {
      const mine = ++latest;
      if (shown?.kind !== 'graph') say({ kind: 'busy', message: vscode.l10n.t('Reading the model…') });
      try {
        const view = await context.server.request('quantlens/graph', { uri: uri.toString(), model });
        if (mine !== latest) return;
        if ('problem' in view) return say({ kind: 'problem', message: view.problem });
        if (shown?.kind !== 'graph')
          say({ kind: 'busy', message: vscode.l10n.t('Laying out {0} ops…', view.nodes.length) });
        const graph: LaidOutGraph = await layOut(context.file('dist', 'layout-worker.mjs').fsPath, view);
        if (mine === latest) say({ kind: 'graph', graph });
      } catch (error) {
        context.log.error(error instanceof Error ? error : String(error));
        say({ kind: 'problem', message: vscode.l10n.t('The graph cannot be drawn: {0}', String(error)) });
      }
    },
  };
}
