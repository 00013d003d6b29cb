// A plain language client over stdio, as any editor has one: starts the built server and speaks the protocol to it.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  createProtocolConnection,
  type Diagnostic,
  type InitializeParams,
  type ProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver-protocol/node';

export const ROOT = join(import.meta.dirname, '../..');

let built: string | undefined;
/** Builds the server once a test process, beside the other tests' builds. */
export function builtServer(): string {
  if (built) return built;
  const out = join(ROOT, 'build/test-server');
  execFileSync(process.execPath, ['scripts/build.mjs', '--only=server', `--out=${out}`], { cwd: ROOT, stdio: 'pipe' });
  built = join(out, 'server.mjs');
  return built;
}

export interface LanguageClient {
  readonly connection: ProtocolConnection;
  readonly process: ChildProcess;
  open(path: string, text: string, languageId?: string): string;
  change(uri: string, text: string): void;
  /** Pulls them. */
  diagnostics(uri: string): Promise<Diagnostic[]>;
  request<R>(method: string, params: object): Promise<R>;
  stop(): Promise<void>;
}

export async function startServer(
  folder: string,
  options: { pull?: boolean; initializationOptions?: object; clientInfo?: { name: string }; progress?: boolean } = {},
): Promise<LanguageClient> {
  const child = spawn(process.execPath, [builtServer(), '--stdio'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const connection = createProtocolConnection(
    new StreamMessageReader(child.stdout),
    new StreamMessageWriter(child.stdin),
  );
  connection.onRequest('window/workDoneProgress/create', () => null);
  connection.listen();
  const uriOf = (path: string): string => pathToFileURL(path).href;
  const initialize: InitializeParams = {
    processId: process.pid,
    rootUri: uriOf(folder),
    workspaceFolders: [{ uri: uriOf(folder), name: 'test' }],
    initializationOptions: options.initializationOptions,
    clientInfo: options.clientInfo,
    capabilities: {
      window: { workDoneProgress: options.progress ?? false },
      textDocument: { ...((options.pull ?? true) && { diagnostic: {} }), hover: {}, codeAction: {} },
    },
  };
  await connection.sendRequest('initialize', initialize);
  connection.sendNotification('initialized', {});
  const versions = new Map<string, number>();
  const request = <R>(method: string, params: object): Promise<R> => connection.sendRequest(method, params);
  return {
    connection,
    process: child,
    request,
    open(
      path,
      text,
      languageId = path.endsWith('.py') ? 'python' : path.endsWith('.json') ? 'json' : 'quantlens-config',
    ) {
      const uri = uriOf(path);
      versions.set(uri, 1);
      connection.sendNotification('textDocument/didOpen', { textDocument: { uri, languageId, version: 1, text } });
      return uri;
    },
    change(uri, text) {
      const version = (versions.get(uri) ?? 0) + 1;
      versions.set(uri, version);
      connection.sendNotification('textDocument/didChange', {
        textDocument: { uri, version },
        contentChanges: [{ text }],
      });
    },
    async diagnostics(uri) {
      const report = await request<{ items: Diagnostic[] }>('textDocument/diagnostic', { textDocument: { uri } });
      return report.items;
    },
    async stop() {
      await connection.sendRequest('shutdown');
      connection.sendNotification('exit');
      await new Promise((resolve) => child.once('exit', resolve));
      connection.dispose();
    },
  };
}

/** Line and character of the first `|`, and the text without it. */
export function cursor(marked: string): { text: string; position: { line: number; character: number } } {
  const offset = marked.indexOf('|');
  const before = marked.slice(0, offset).split('\n');
  return {
    text: marked.slice(0, offset) + marked.slice(offset + 1),
    position: { line: before.length - 1, character: before.at(-1)!.length },
  };
}
