// Windows of other places: restricted mode, no folder, several folders.
import { strict as assert } from 'node:assert';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { notifications, offered, openWindow, palette, until } from './window.mjs';
import { runsIn } from './windows-runs.mjs';

export const PLACES = {
  async 'restricted mode: models are analysed, a job asks for trust'() {
    const window = await openWindow({
      openFile: 'model.py',
      trust: true,
      settings: { 'security.workspace.trust.startupPrompt': 'never' },
    });
    const { page, folder } = window;
    try {
      await page.locator('.statusbar-item', { hasText: 'Restricted Mode' }).waitFor({ timeout: 60_000 });
      await page.locator('.codelens-decoration', { hasText: 'parameters' }).waitFor({ timeout: 60_000 });
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
};
