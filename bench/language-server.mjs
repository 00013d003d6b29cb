// Speed of the language server over stdio, with pyright and ruff on the same file where they are installed.
//   npm run bench [-- --edits=200] [--files=300] [--peer "pyright-langserver --stdio" …]
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import {
  createProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver-protocol/node';

const { edits, files, peer } = parseArgs({
  options: {
    edits: { type: 'string', default: '200' },
    files: { type: 'string', default: '300' },
    peer: { type: 'string', multiple: true, default: ['pyright-langserver --stdio', 'ruff server'] },
  },
}).values;

/** A model of one residual block a dozen lines, with branches, up to `lines` lines. */
function modelFile(lines, name = 'net') {
  const text = [
    'from tensorflow import keras',
    'from tensorflow.keras import layers',
    '',
    '',
    `def ${name}():`,
    '    x = inputs = keras.Input((32, 32, 3))',
  ];
  for (let block = 0; text.length < lines - 3; block++) {
    text.push(
      `    # Block ${block}`,
      '    y = x',
      `    x = layers.Conv2D(16, 3, padding="same", use_bias=False, name="conv_${block}")(x)`,
      `    x = layers.BatchNormalization(name="bn_${block}")(x)`,
      `    x = layers.ReLU(6.0, name="relu_${block}")(x)`,
      `    x = layers.DepthwiseConv2D(`,
      '        3,',
      '        padding="same",',
      `        name="depthwise_${block}",`,
      '    )(x)',
      `    x = layers.BatchNormalization(name="depthwise_bn_${block}")(x)`,
      ...(block === 0 ? [] : [`    x = layers.Add(name="add_${block}")([x, y])`]),
    );
  }
  return [
    ...text,
    '    x = layers.GlobalAveragePooling2D()(x)',
    '    return keras.Model(inputs, layers.Dense(10)(x))',
    '',
  ].join('\n');
}

/** A letter of a comment, of a layer's name and a kernel's size, each typed and taken back: the model stays whole. */
function keystrokes(lines) {
  const row = (text) => lines.findIndex((line) => line.includes(text));
  const [comment, conv] = [row('# Block 40'), row('"conv_40"')];
  const end = lines[comment].length;
  const name = lines[conv].indexOf('conv_40"') + 'conv_40'.length;
  const kernel = lines[conv].indexOf('16, 3') + 4;
  return Object.assign(
    [
      { line: comment, from: end, to: end, newText: 'x' },
      { line: comment, from: end, to: end + 1, newText: '' },
      { line: conv, from: name, to: name, newText: 'b' },
      { line: conv, from: name, to: name + 1, newText: '' },
      { line: conv, from: kernel, to: kernel + 1, newText: '5' },
      { line: conv, from: kernel, to: kernel + 1, newText: '3' },
    ],
    { lines: lines.length },
  );
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const p95 = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length * 0.95)];
const ms = (value) => `${value.toFixed(1)} ms`;

async function start(command, folder, initializationOptions) {
  const [program, ...args] = command;
  const started = performance.now();
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'ignore'], cwd: folder });
  const failed = new Promise((_, reject) => child.once('error', reject));
  const connection = createProtocolConnection(
    new StreamMessageReader(child.stdout),
    new StreamMessageWriter(child.stdin),
  );
  const waiting = new Map();
  connection.onNotification('textDocument/publishDiagnostics', ({ uri, version }) =>
    waiting.get(`${uri} ${version}`)?.(),
  );
  connection.onRequest('workspace/configuration', ({ items }) => items.map(() => ({})));
  connection.onRequest('client/registerCapability', () => null);
  connection.onRequest('window/workDoneProgress/create', () => null);
  connection.listen();
  const rootUri = pathToFileURL(folder).href;
  const capabilities = {
    textDocument: { publishDiagnostics: { versionSupport: true }, synchronization: {} },
    workspace: { workspaceFolders: true },
  };
  const initialize = {
    processId: process.pid,
    rootUri,
    workspaceFolders: [{ uri: rootUri, name: 'bench' }],
    capabilities,
    initializationOptions,
  };
  await Promise.race([connection.sendRequest('initialize', initialize), failed]);
  connection.sendNotification('initialized', {});
  const versions = new Map();
  const published = (uri, version) => new Promise((done) => waiting.set(`${uri} ${version}`, done));
  return {
    child,
    started,
    async open(path, text) {
      const uri = pathToFileURL(path).href;
      versions.set(uri, 1);
      const answer = published(uri, 1);
      connection.sendNotification('textDocument/didOpen', {
        textDocument: { uri, languageId: 'python', version: 1, text },
      });
      await answer;
      return uri;
    },
    async type(uri, range, text) {
      const version = versions.get(uri) + 1;
      versions.set(uri, version);
      const answer = published(uri, version);
      connection.sendNotification('textDocument/didChange', {
        textDocument: { uri, version },
        contentChanges: [{ range, text }],
      });
      await answer;
    },
    /** How many files of the workspace it has read when it is done; undefined of a server that does not say. */
    async indexed() {
      for (;;) {
        const status = await connection.sendRequest('quantlens/status', {}).catch(() => undefined);
        if (!status?.files || status.files.done >= status.files.total) return status?.files?.done;
        await new Promise((done) => setTimeout(done, 2000));
      }
    },
    async stop() {
      await connection.sendRequest('shutdown');
      connection.sendNotification('exit');
      connection.dispose();
    },
  };
}

/** Resident memory of a process, MiB; Linux alone. */
function memory(pid) {
  const kib = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kib) / 1024;
}

async function measure(name, command) {
  const folder = mkdtempSync(join(tmpdir(), 'quantlens-bench-'));
  try {
    mkdirSync(join(folder, 'models'));
    for (let index = 0; index < Number(files); index++)
      writeFileSync(join(folder, 'models', `model_${index}.py`), modelFile(120, `net_${index}`));
    const text = modelFile(1000);
    const path = join(folder, 'large.py');
    writeFileSync(path, text);
    const small = join(folder, 'small.py');
    writeFileSync(small, modelFile(60));
    const server = await start(command, folder);
    await server.open(small, readFileSync(small, 'utf8'));
    const first = performance.now() - server.started;
    const opened = performance.now();
    const uri = await server.open(path, text);
    const open = performance.now() - opened;
    const times = [];
    const keys = keystrokes(text.split('\n'));
    for (let count = 0; count < Number(edits); count++) {
      const { line, from, to, newText } = keys[count % keys.length];
      const range = { start: { line, character: from }, end: { line, character: to } };
      const before = performance.now();
      await server.type(uri, range, newText);
      times.push(performance.now() - before);
    }
    await new Promise((done) => setTimeout(done, 500));
    const used = () => (process.platform === 'linux' ? `${memory(server.child.pid).toFixed(0)} MiB` : 'not measured');
    const edited = used();
    const indexed = await server.indexed();
    console.log(
      `${name.padEnd(10)} start→first ${ms(first)} · open ${keys.lines} lines→first ${ms(open)} · keystroke median ${ms(median(times))}, p95 ${ms(p95(times))} · memory ${edited}${indexed ? `, ${used()} with ${indexed} of ${files} files indexed` : ''}`,
    );
    await server.stop();
  } catch (error) {
    console.log(`${name.padEnd(10)} not measured: ${error.message}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

await measure('quantlens', [process.execPath, resolve(process.env.QUANTLENS_SERVER ?? 'dist/server.mjs'), '--stdio']);
for (const command of peer) await measure(command.split(/[\s-]/)[0], command.split(' '));
process.exit(0);
