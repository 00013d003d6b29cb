// Connects the server to its client.
import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import { pythonParser } from '../host/python/python-parser.ts';
import { createActivity } from './activity.ts';
import { createCollector } from './memory.ts';
import { serve } from './server.ts';

export function listen(): void {
  // Its WebAssembly compiles in other threads while the client says hello.
  pythonParser().catch(() => {});
  const activity = createActivity(createCollector());
  const connection = createConnection(ProposedFeatures.all, {
    messageStrategy: {
      handleMessage(message, next) {
        // Answers to our own questions, and asking how far the work is, are no activity of the client.
        if ('method' in message && message.method !== 'quantlens/status') activity.mark();
        next(message);
      },
    },
  });
  serve(connection, activity);
  connection.listen();
}
