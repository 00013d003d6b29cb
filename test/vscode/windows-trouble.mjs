// How often a user is told of a trouble: once, with what to do.
import { strict as assert } from 'node:assert';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { notifications, openWindow, palette, until } from './window.mjs';
import { processesBelow } from './windows-figures.mjs';

const languageServer = (ancestor) => processesBelow(ancestor, 'dist/server.mjs')[0]?.pid;

export const TROUBLE = {
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
      await webview.locator('[role="alert"]', { hasText: /damaged\.tflite/ }).waitFor({ timeout: 60_000 });
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
      await lens.waitFor({ timeout: 60_000 });
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
