// Jobs and windows: closing one while a job runs, two on one folder, a process that dies, gates in the test view.
import { strict as assert } from 'node:assert';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { notifications, openWindow, palette, until } from './window.mjs';
import { hasTrained, longTraining, runsIn } from './windows-runs.mjs';

export const JOBS = {
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

  async 'a job whose process dies: one message, and Resume Run goes on with the run'() {
    const window = await openWindow({
      workspace: 'examples/digits',
      openFile: 'digits.quant.yaml',
      prepare: longTraining,
    });
    const { page, folder } = window;
    try {
      await palette(page, 'QuantLens: Train with Quantization (QAT)');
      await until('some epochs', () => runsIn(folder).length === 1 && hasTrained(folder));
      process.kill(runsIn(folder)[0].process, 'SIGKILL');
      const said = await until(
        'a message',
        () => notifications(page),
        ({ length }) => length > 0,
        15_000,
      );
      assert.equal(said.length, 1);
      assert.match(said[0], /ended unexpectedly.+Resume Run/s);
      await palette(page, 'QuantLens: Resume Run');
      await until(
        'the run to be done',
        () => runsIn(folder),
        ([run]) => run.status === 'done',
        120_000,
      );
      assert.equal(runsIn(folder).length, 1);
    } finally {
      await window.close();
    }
  },

  async 'gates in the test view: one that is kept passes, one that is missed fails'() {
    const window = await openWindow({
      workspace: 'examples/digits',
      openFile: 'digits.quant.yaml',
      prepare: (folder) =>
        appendFileSync(join(folder, 'digits.quant.yaml'), 'gates:\n  worstScore: 0.5\n  maxFileSize: 1\n'),
    });
    const { page } = window;
    const row = (name) => page.locator('.test-explorer .monaco-list-row', { hasText: name });
    const stateOf = async (name) => (await row(name).getAttribute('aria-label')) ?? '';
    try {
      await page.getByRole('tab', { name: 'Testing' }).first().click();
      await row('digits.quant.yaml').waitFor({ timeout: 60_000 });
      await row('digits.quant.yaml').click();
      await page.keyboard.press('ArrowRight');
      await row('worstScore').waitFor();
      await palette(page, 'Test: Run All Tests');
      await until(
        'a pass',
        () => stateOf('worstScore'),
        (label) => /passed/i.test(label),
        120_000,
      );
      assert.match(await stateOf('maxFileSize'), /failed/i);
    } finally {
      await window.close();
    }
  },
};
