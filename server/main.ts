// Starts the language server: `quantlens-language-server --stdio` for any editor, `--node-ipc` for VS Code.
import { argv, exit, stderr, stdout } from 'node:process';
import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import { serve } from './server.ts';

const USAGE = `quantlens-language-server: what will not quantize in a Keras model, in any editor

Usage: quantlens-language-server --stdio
  --stdio       talk over standard input and output
  --node-ipc    talk over Node's IPC channel (VS Code)
  --socket=N    talk over a socket on port N
  --pipe=NAME   talk over a named pipe
`;

if (argv.includes('--help')) {
  stdout.write(USAGE);
} else if (!argv.some((argument) => /^--(stdio|node-ipc|socket=|pipe=)/.test(argument))) {
  stderr.write(`The language server needs a transport.\n\n${USAGE}`);
  exit(2);
} else {
  const connection = createConnection(ProposedFeatures.all);
  serve(connection);
  connection.listen();
}
