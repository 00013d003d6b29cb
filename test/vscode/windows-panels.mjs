// Panels in a whole window: a training that is paused, looked at anew, rolled back and stopped; reports that cannot be shown.
import { strict as assert } from 'node:assert';
import { mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { notifications, offered, openWindow, palette, root, until } from './window.mjs';
import { longTraining, runsIn } from './windows-runs.mjs';

/** A run whose report is the given text, or so many bytes. */
function brokenRun(folder, id, report) {
  const run = join(folder, '.quantlens/runs', id);
  mkdirSync(run, { recursive: true });
  const record = { version: 1, id, label: id, kind: 'quantize', status: 'done', started: '2026-03-02T10:00:00Z' };
  const more = { config: join(folder, 'digits.quant.yaml'), model: 'model.py', target: 'tflite-int8', files: [] };
  writeFileSync(join(run, 'run.json'), JSON.stringify({ ...record, ...more }));
  writeFileSync(join(run, 'report.json'), typeof report === 'string' ? report : '');
  if (typeof report === 'number') truncateSync(join(run, 'report.json'), report);
}

/** Whether an epoch was trained that had been before. */
function wentBack(folder) {
  const [{ id }] = runsIn(folder);
  const text = readFileSync(join(folder, '.quantlens/runs', id, 'events.jsonl'), 'utf8');
  const epochs = [...text.matchAll(/"kind":"epoch","epoch":(\d+),"epochs":500/g)].map(([, epoch]) => Number(epoch));
  return epochs.some((epoch, index) => index > 0 && epoch <= epochs[index - 1]);
}

/** It ends when it is told to. */
function endlessTraining(folder) {
  longTraining(folder);
  const config = join(folder, 'digits.quant.yaml');
  writeFileSync(config, readFileSync(config, 'utf8').replace('training: { epochs: 12', 'training: { epochs: 500'));
}

export const PANELS = {
  async 'a training is paused, its panel read anew, rolled back, and stopped after an epoch'() {
    const window = await openWindow({
      workspace: 'examples/digits',
      openFile: 'digits.quant.yaml',
      prepare: endlessTraining,
    });
    const { page, folder, webview } = window;
    try {
      await palette(page, 'QuantLens: Train with Quantization (QAT)');
      const epochs = webview.locator('table tbody tr');
      const button = (name) => webview.locator('vscode-button', { hasText: name }).first();
      await webview.getByText('training with quantization').first().waitFor({ timeout: 90_000 });
      await button('Pause').click();
      await button('Resume').waitFor({ timeout: 60_000 });
      await epochs.first().waitFor();
      await palette(page, 'Developer: Reload Webviews');
      // All that was heard is there again, the pause too.
      await button('Resume').waitFor({ timeout: 60_000 });
      await epochs.first().waitFor({ timeout: 60_000 });
      await button('Resume').click();
      await button('Roll Back').waitFor({ timeout: 60_000 });
      // Epochs are short here: rows would be gone when the click arrives.
      await button('Pause').click();
      await button('Resume').waitFor({ timeout: 60_000 });
      await button('Roll Back').click();
      await until('the way back', () => wentBack(folder), Boolean, 30_000);
      await button('Stop After Epoch').click();
      const [run] = await until(
        'the end',
        () => runsIn(folder),
        ([first]) => first?.status === 'done',
        120_000,
      );
      assert.ok(run.accuracies.qat.accuracy > 0.5);
      await page.screenshot({ path: join(root, 'build/training-stopped.png') });
      assert.deepEqual(await notifications(page), []);
    } finally {
      await window.close();
    }
  },

  async 'a report of a newer version, a damaged one and one of 101 MB say so and leave what is known'() {
    const cases = {
      newer: ['{"version":9,"layers":[]}', /newer QuantLens/],
      damaged: ['{"version":1,"layers":[{"name"', /damaged/],
      large: [101 * 1024 * 1024, /larger than 100 MB/],
    };
    const window = await openWindow({
      workspace: 'examples/digits',
      // Not the config: of that the latest run is taken without a question.
      openFile: 'model.py',
      prepare(folder) {
        for (const [id, [report]] of Object.entries(cases)) brokenRun(folder, id, report);
        // A job that was killed before it could say what it is.
        mkdirSync(join(folder, '.quantlens/runs/half'), { recursive: true });
      },
    });
    const { page, webview } = window;
    try {
      // The palette is not filled anew while it is open: the extension must have seen the runs before.
      const inspect = 'Inspect Quantization Error';
      await until(
        'the runs',
        () => offered(page),
        (commands) => commands.includes(inspect),
        60_000,
      );
      for (const [id, [, message]] of Object.entries(cases)) {
        await palette(page, `QuantLens: ${inspect}`);
        const rows = page.locator('.quick-input-list .monaco-list-row');
        await rows.filter({ hasText: id }).first().click({ timeout: 60_000 });
        await webview.locator('[role="alert"]', { hasText: message }).waitFor({ timeout: 60_000 });
      }
      await page.screenshot({ path: join(root, 'build/report-too-large.png') });
      assert.deepEqual(await notifications(page), []);
    } finally {
      await window.close();
    }
  },
};
