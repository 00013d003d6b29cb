// Connects the server to its client.
import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import { pythonParser } from '../host/python/python-parser.ts';
import { serve } from './server.ts';

export function listen(): void {
  // Its WebAssembly compiles in other threads while the client says hello.
  pythonParser().catch(() => {});
  const connection = createConnection(ProposedFeatures.all);
  serve(connection);
  connection.listen();
}
