// The requests of our extension beyond the protocol's own, as protocol/language-server.ts has them.
import type { Connection } from 'vscode-languageserver';
import type { Requests } from '../protocol/language-server.ts';
import { gatesOf } from './config/gates.ts';
import { addOverride } from './config/override.ts';
import { pathOf } from './files.ts';
import { graphOf } from './graph-request.ts';
import { layersAt } from './model/lookup.ts';
import { sourceOfLayer } from './model/names.ts';
import { modelsIn } from './model/reference.ts';
import { snapshotOfModel } from './navigation.ts';
import type { Session } from './session.ts';

type Answers = {
  readonly [M in keyof Requests]: (params: Requests[M]['params'], session: Session) => Promise<Requests[M]['result']>;
};

const ANSWERS: Answers = {
  async 'quantlens/override'({ uri, layers, change }, session) {
    const snapshot = await session.snapshot(uri);
    return snapshot?.kind === 'config' ? addOverride(snapshot, layers, change) : null;
  },
  async 'quantlens/layerAt'({ uri, line, character }, session) {
    const snapshot = await session.snapshot(uri);
    if (snapshot?.kind !== 'model') return null;
    const [found] = layersAt(snapshot, uri, { line, character });
    return found ? { layer: found.place.path } : null;
  },
  async 'quantlens/layerSource'({ config, layers }, session) {
    const named = await session.snapshotOf(pathOf(config));
    const snapshot = named?.kind === 'config' ? await snapshotOfModel(named, session) : named;
    const location = snapshot && layers.map((layer) => sourceOfLayer(layer, snapshot)).find(Boolean);
    return location ? { uri: location.uri, ...location.range.start } : null;
  },
  'quantlens/status': async () => ({ pid: process.pid, bytes: process.memoryUsage.rss() }),
  async 'quantlens/gates'({ uri }, session) {
    const snapshot = await session.snapshotOf(pathOf(uri));
    return snapshot?.kind === 'config' ? gatesOf(snapshot) : [];
  },
  async 'quantlens/models'({ uri }, session) {
    const snapshot = await session.snapshot(uri);
    return snapshot?.kind === 'model' ? modelsIn(snapshot, uri) : null;
  },
  'quantlens/graph': ({ uri, model }, session) => graphOf(uri, model, session),
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
