// The user's settings: asked from the client where it can answer, else what it sent when it started the server.
import type { Connection, InitializeParams } from 'vscode-languageserver';
import { DEFAULT_SETTINGS, type ServerSettings } from '../protocol/language-server.ts';
import { pathOf } from './files.ts';

export interface Settings {
  /** Settings for a document, from memory after the first ask. */
  of(uri: string): Promise<ServerSettings>;
  /** Forgets what was answered; `sent` is what came with the notification, from clients that are not asked. */
  changed(sent: unknown): void;
}

export function createSettings(
  connection: Connection,
  { capabilities, initializationOptions }: InitializeParams,
  checkTarget: (name: string, path: string) => Promise<void>,
): Settings {
  const canAsk = capabilities.workspace?.configuration === true;
  let given = merge(initializationOptions);
  const answers = new Map<string, Promise<ServerSettings>>();
  const ask = async (uri: string): Promise<ServerSettings> =>
    merge(await connection.workspace.getConfiguration({ scopeUri: uri, section: 'quantlens' }));
  return {
    of(uri) {
      let answer = answers.get(uri);
      if (!answer) {
        answer = canAsk ? ask(uri) : Promise.resolve(given);
        answers.set(uri, answer);
        answer.then(({ target }) => checkTarget(target, pathOf(uri))).catch(() => {});
      }
      return answer;
    },
    changed(sent) {
      answers.clear();
      if (isObject(sent)) given = merge(sent.quantlens ?? sent);
    },
  };
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** Defaults under what a client says; a value of the wrong type is as if it were not there. */
function merge(said: unknown): ServerSettings {
  const result: Record<string, unknown> = { ...DEFAULT_SETTINGS };
  if (!isObject(said)) return DEFAULT_SETTINGS;
  for (const [key, fallback] of Object.entries(DEFAULT_SETTINGS)) {
    const value = said[key];
    if (typeof value !== typeof fallback || value === null) continue;
    result[key] = isObject(value) ? { ...(fallback as object), ...value } : value;
  }
  return result as unknown as ServerSettings;
}
