// Starts the language server: `quantlens-language-server --stdio` for any editor, `--node-ipc` for VS Code.
// The server itself is imported by `listen.ts`, behind Node's cache of compiled code.
import * as module from 'node:module';
import { argv, exit, stderr, stdout } from 'node:process';
import { setFlagsFromString } from 'node:v8';

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
  // MiB: a young generation that holds an edit makes typing a fifth faster than the smallest, a larger one only the process larger.
  setFlagsFromString('--max-semi-space-size=4');
  // Node 22.1 has it: the second start is a fifth faster.
  if ('enableCompileCache' in module) (module.enableCompileCache as () => void)();
  (await import('./listen.ts')).listen();
}
