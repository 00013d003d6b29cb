// What only a whole window shows: closing one while a job runs, two on one folder, none or several folders, restricted mode,
// and how often a user is told of a trouble. Needs VSCODE_EXE: the headless stand-in.
//   VSCODE_EXE=.../code node test/vscode/windows.mjs [TEXT]      ends with `N passed, N failed`
import { strict as assert } from 'node:assert';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { notifications, offered, openWindow, palette, until } from './window.mjs';

const runsIn = (folder) => {
  const root = join(folder, '.quantlens/runs');
  if (!existsSync(root)) return [];
  return readdirSync(root)
    .map((name) => join(root, name, 'run.json'))
    .filter(existsSync)
    .map((file) => JSON.parse(readFileSync(file, 'utf8')));
};

/** A training long enough to be interrupted, with a checkpoint after each of its short epochs. */
function longTraining(folder) {
  const config = join(folder, 'digits.quant.yaml');
  const text = readFileSync(config, 'utf8').replace(/training: \{ epochs: 5/, 'training: { epochs: 12');
  writeFileSync(config, text.replace(/floatTraining: \{ epochs: 20/, 'floatTraining: { epochs: 2'));
}
const hasTrained = (folder) =>
  readdirSync(join(folder, '.quantlens/runs')).some((name) => {
    const events = join(folder, '.quantlens/runs', name, 'events.jsonl');
    return existsSync(events) && (readFileSync(events, 'utf8').match(/"kind":"epoch"/g) ?? []).length > 3;
  });

/** Process of the language server below the process of a window's own server. Linux. */
function languageServer(ancestor) {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
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
  const found = pids.find((pid) => read(pid, 'cmdline').includes('dist/server.mjs') && isBelow(Number(pid)));
  return found === undefined ? undefined : Number(found);
}

const WINDOWS = {
  async 'a window that closes while a job runs: the run goes on in the next one'() {
    const window = await openWindow({
      workspace: 'examples/digits',
      openFile: 'digits.quant.yaml',
      prepare: longTraining,
      settings: { 'quantlens.whenWindowCloses': 'resume' },
    });
    try {
      await palette(window.page, 'QuantLens: Train with Quantization (QAT)');
      await until('some epochs', () => runsIn(window.folder).length === 1 && hasTrained(window.folder));
      await window.page.close();
      // The server keeps an extension host for a while, for a reconnection: the job goes on or ends, but is not lost.
      const page = await window.another();
      const [run] = await until(
        'the run to be done',
        () => runsIn(window.folder),
        ([first]) => first?.status === 'done',
        120_000,
      );
      assert.equal(runsIn(window.folder).length, 1);
      assert.ok(run.files.some(({ model }) => model === 'qat'));
      assert.deepEqual(await notifications(page), []);
    } finally {
      await window.close();
    }
  },

  async 'two windows on one folder: each has a run of its own'() {
    const window = await openWindow({
      workspace: 'examples/digits',
      openFile: 'digits.quant.yaml',
      prepare: longTraining,
    });
    try {
      const second = await window.another();
      await palette(window.page, 'QuantLens: Train with Quantization (QAT)');
      await palette(second, 'QuantLens: Train with Quantization (QAT)');
      const runs = await until(
        'two runs to be done',
        () => runsIn(window.folder),
        (all) => all.length === 2 && all.every(({ status }) => status === 'done'),
        150_000,
      );
      assert.equal(new Set(runs.map(({ process }) => process)).size, 2);
      assert.deepEqual(runs[0].scores, runs[1].scores);
    } finally {
      await window.close();
    }
  },

  async 'restricted mode: models are analysed, a job asks for trust'() {
    const window = await openWindow({
      openFile: 'model.py',
      trust: true,
      settings: { 'security.workspace.trust.startupPrompt': 'never' },
    });
    const { page, folder } = window;
    try {
      await page.locator('.statusbar-item', { hasText: 'Restricted Mode' }).waitFor({ timeout: 60_000 });
      await page.locator('.codelens-decoration', { hasText: 'parameters' }).waitFor({ timeout: 30_000 });
      await palette(page, 'QuantLens: Train with Quantization (QAT)');
      const said = await until(
        'a question',
        () => notifications(page),
        ({ length }) => length > 0,
        15_000,
      );
      assert.match(said.join(), /Trust the workspace, then run the command again/);
      assert.equal(runsIn(folder).filter(({ status }) => status === 'running').length, 0);
    } finally {
      await window.close();
    }
  },

  async 'no folder, and several'() {
    const window = await openWindow({ openFile: 'model.py' });
    try {
      const none = await window.another({ folder: null });
      const commands = await offered(none);
      assert.ok(
        !commands.some((name) => /^(Train|Quantize|New Quantization|Compare|Resume)/.test(name)),
        commands.join(),
      );
      assert.deepEqual(await notifications(none), []);
      await none.close();
      const file = join(window.folder, 'two.code-workspace');
      const folders = [{ path: window.folder }, { path: join(window.folder, 'examples/digits') }];
      writeFileSync(file, JSON.stringify({ folders }));
      const several = await window.another({ workspace: file });
      await several.locator('.explorer-folders-view .monaco-list-row', { hasText: 'digits' }).first().waitFor();
      await palette(several, 'QuantLens: Quantize after Training');
      await several.locator('.quick-input-list .monaco-list-row', { hasText: 'digits.quant.yaml' }).first().click();
      // The run lies in the folder of its config, not in the first one.
      await until(
        'the run',
        () => runsIn(join(window.folder, 'examples/digits')),
        (runs) => runs.length === 1 && runs[0].status !== 'running',
        120_000,
      );
    } finally {
      await window.close();
    }
  },

  async 'a damaged .tflite and a folder that takes no runs: one message each'() {
    const window = await openWindow({
      workspace: 'examples/digits',
      openFile: 'digits.quant.yaml',
      prepare(folder) {
        writeFileSync(join(folder, 'damaged.tflite'), '    TFL3 and nothing more');
        // The suite may run as root, whom no permission stops: a file in the folder's place does.
        writeFileSync(join(folder, '.quantlens'), '');
      },
    });
    const { page, webview } = window;
    try {
      await palette(page, 'QuantLens: Quantize after Training');
      const said = await until(
        'a message',
        () => notifications(page),
        ({ length }) => length > 0,
        30_000,
      );
      assert.match(said.join(), /\.quantlens.+ cannot be made/);
      await page.waitForTimeout(3000);
      assert.equal((await notifications(page)).length, 1);
      await palette(page, 'View: Close All Editors');
      await page.locator('.explorer-folders-view .monaco-list-row', { hasText: 'damaged.tflite' }).dblclick();
      await webview.locator('[role="alert"]', { hasText: /damaged\.tflite/ }).waitFor({ timeout: 20_000 });
      assert.equal((await notifications(page)).length, 1);
    } finally {
      await window.close();
    }
  },

  async 'a language server that keeps ending: one message, with the way back'() {
    const window = await openWindow({ openFile: 'model.py' });
    const { page, server } = window;
    const lens = page.locator('.codelens-decoration', { hasText: 'parameters' });
    try {
      await lens.waitFor({ timeout: 30_000 });
      for (let crash = 0, last = 0; crash < 5; crash++) {
        last = await until(
          'the server',
          () => languageServer(server.pid),
          (pid) => pid !== undefined && pid !== last,
        );
        process.kill(last, 'SIGKILL');
      }
      const said = await until(
        'a message',
        () => notifications(page),
        ({ length }) => length > 0,
        15_000,
      );
      assert.match(said.join(), /The language server ended 5 times in a row/);
      await page.keyboard.type('# one types on');
      await page.waitForTimeout(4000);
      assert.equal((await notifications(page)).length, 1);
      await page.getByRole('button', { name: 'Restart', exact: true }).click();
      await until(
        'the server',
        () => languageServer(server.pid),
        (pid) => pid !== undefined,
      );
    } finally {
      await window.close();
    }
  },
};

const only = process.argv[2];
const count = { passed: 0, failed: 0 };
for (const [title, check] of Object.entries(WINDOWS)) {
  if (only && !title.includes(only)) continue;
  const started = Date.now();
  try {
    await check();
    count.passed++;
    console.log(`  ✓ ${title} (${Date.now() - started} ms)`);
  } catch (error) {
    count.failed++;
    console.log(`  ✗ ${title}\n${error.stack ?? error}`);
  }
}
console.log(`${count.passed} passed, ${count.failed} failed`);
process.exit(count.failed > 0 ? 1 : 0);
