// Figures of the packaged extension: its size, its activation as VS Code itself measures it, its memory when nobody does anything.
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { openWindow, palette, root, until } from './window.mjs';

/** Bars on a quiet machine: MiB, ms, MB. */
const BARS = { package: 6, activation: 50, memory: 120 };
/** A test machine that does other things as well gets this many times as much time. */
const LOAD_ALLOWANCE = 5;

let made;
/** The package, made once a run. */
export function packaged() {
  made ??= process.env.QUANTLENS_VSIX;
  if (made) return made;
  made = join(root, 'build/quantlens-test.vsix');
  mkdirSync(join(root, 'build'), { recursive: true });
  execFileSync(process.execPath, ['scripts/package.mjs', `--out=${made}`], { cwd: root, stdio: 'pipe' });
  return made;
}

/** Below a process: those whose command line has a text in it. Linux. */
export function processesBelow(ancestor, text) {
  const read = (pid, file) => {
    try {
      return readFileSync(`/proc/${pid}/${file}`, 'utf8');
    } catch {
      return '';
    }
  };
  const isBelow = (pid) => {
    for (let at = pid; at > 1; at = Number(/^PPid:\s*(\d+)/m.exec(read(at, 'status'))?.[1] ?? 0))
      if (at === ancestor) return true;
    return false;
  };
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && read(name, 'cmdline').includes(text) && isBelow(Number(name)))
    .map((name) => ({
      pid: Number(name),
      megabytes: Number(/^VmRSS:\s*(\d+)/m.exec(read(name, 'status'))?.[1] ?? 0) / 1000,
    }));
}

/** Memory of the extension host and the language server with one model open, MB. */
async function memory(options) {
  const window = await openWindow({ openFile: 'model.py', ...options });
  try {
    if (options.vsix) await window.page.locator('.squiggly-warning').first().waitFor({ timeout: 60_000 });
    await window.page.waitForTimeout(10_000);
    const total = (text) => processesBelow(window.server.pid, text).reduce((sum, { megabytes }) => sum + megabytes, 0);
    return { host: total('--type=extensionHost'), server: total('dist/server.mjs') };
  } finally {
    await window.close();
  }
}

export const FIGURES = {
  async 'the package is small and has no node_modules'() {
    const vsix = packaged();
    const { size } = statSync(vsix);
    const names = [];
    unzipSync(readFileSync(vsix), { filter: ({ name }) => names.push(name) < 0 });
    console.log(`    package: ${(size / 2 ** 20).toFixed(2)} MiB in ${names.length} files`);
    assert.ok(size < BARS.package * 2 ** 20);
    assert.deepEqual(
      names.filter((name) => /node_modules|\.map$|\.ts$/.test(name)),
      [],
    );
    for (const name of ['l10n/bundle.l10n.json', 'dist/hdf5-worker.mjs', 'examples/digits/first_draft.py'])
      assert.ok(names.includes(`extension/${name}`), `${name} is missing`);
  },

  async 'activation, as Developer: Show Running Extensions says'() {
    const window = await openWindow({ vsix: packaged(), openFile: 'model.py' });
    try {
      await window.page.locator('.squiggly-warning').first().waitFor({ timeout: 60_000 });
      await palette(window.page, 'Developer: Show Running Extensions');
      const row = window.page.locator('.runtime-extensions-editor .monaco-list-row', { hasText: 'QuantLens' });
      const text = await until(
        'the time',
        async () => ((await row.count()) > 0 ? row.first().innerText() : ''),
        (said) => /Activation: \d+/.test(said),
        20_000,
      );
      const [, milliseconds] = /Activation: (\d+)/.exec(text);
      console.log(`    activation: ${milliseconds} ms`);
      assert.ok(Number(milliseconds) < BARS.activation * LOAD_ALLOWANCE);
    } finally {
      await window.close();
    }
  },

  async 'memory when idle'() {
    const without = await memory({ vsix: undefined, extension: false });
    const { host, server } = await memory({ vsix: packaged() });
    const added = Math.max(host - without.host, 0);
    console.log(
      `    memory: server ${server.toFixed(0)} MB, extension ${added.toFixed(0)} MB (host ${host.toFixed(0)} with it, ${without.host.toFixed(0)} without)`,
    );
    assert.ok(server + added < BARS.memory, `${(server + added).toFixed(0)} MB`);
  },
};
