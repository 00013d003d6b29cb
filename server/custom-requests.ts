// The requests of our extension beyond the protocol's own, as protocol/language-server.ts has them. What few of them need is
// imported where it is asked for.
import type { Connection } from 'vscode-languageserver';
import type { Requests } from '../protocol/language-server.ts';
import { pathOf } from './files.ts';
import { layersAt } from './model/lookup.ts';
import { modelsIn } from './model/reference.ts';
import type { Session } from './session.ts';

type Answers = {
  readonly [M in keyof Requests]: (params: Requests[M]['params'], session: Session) => Promise<Requests[M]['result']>;
};

const ANSWERS: Answers = {
  async 'quantlens/override'({ uri, layers, change }, session) {
    const snapshot = await session.snapshot(uri);
    if (snapshot?.kind !== 'config') return null;
    return (await import('./config/override.ts')).addOverride(snapshot, layers, change);
  },
  async 'quantlens/layerAt'({ uri, line, character }, session) {
    const snapshot = await session.snapshot(uri);
    if (snapshot?.kind !== 'model') return null;
    const [found] = layersAt(snapshot, uri, { line, character });
    return found ? { layer: found.place.path } : null;
  },
  async 'quantlens/layerSource'({ config, layers }, session) {
    const { snapshotOfModel } = await import('./navigation.ts');
    const { sourceOfLayer } = await import('./model/names.ts');
    const named = await session.snapshotOf(pathOf(config));
    const snapshot = named?.kind === 'config' ? await snapshotOfModel(named, session) : named;
    const location = snapshot && layers.map((layer) => sourceOfLayer(layer, snapshot)).find(Boolean);
    return location ? { uri: location.uri, ...location.range.start } : null;
  },
  'quantlens/status': async (_, { modelIndex }) => ({
    pid: process.pid,
    bytes: process.memoryUsage.rss(),
    files: modelIndex.progress,
  }),
  async 'quantlens/gates'({ uri }, session) {
    const snapshot = await session.snapshotOf(pathOf(uri));
    return snapshot?.kind === 'config' ? (await import('./config/gates.ts')).gatesOf(snapshot) : [];
  },
  async 'quantlens/models'({ uri }, session) {
    const snapshot = await session.snapshot(uri);
    return snapshot?.kind === 'model' ? modelsIn(snapshot, uri) : null;
  },
  'quantlens/graph': async ({ uri, model }, session) =>
    (await import('./graph-request.ts')).graphOf(uri, model, session),
};

export function customRequests(connection: Connection, session: () => Session): void {
  const register = <M extends keyof Requests>(method: M): void => {
    connection.onRequest(
      method,
      async (params: Requests[M]['params']) => (await ANSWERS[method](params, session())) as object | null,
    );
  };
  for (const method of Object.keys(ANSWERS) as (keyof Requests)[]) register(method);
}
