// A VS Code window that is driven as a person would, for pictures and for what the suite inside cannot see.
// Needs VSCODE_EXE: the headless stand-in, whose folder has vscode.mjs.
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { build } from 'esbuild';

export const root = resolve(import.meta.dirname, '../..');
const { launch } = await import(join(dirname(process.env.VSCODE_EXE), 'vscode.mjs'));

/** Opens a copy of the test workspace, with a run of fixture errors in it. */
export async function openWindow({ theme = 'Default Dark Modern', width = 1280, height = 800, settings = {} } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'quantlens-window-'));
  cpSync(join(import.meta.dirname, 'workspace'), folder, { recursive: true });
  cpSync(join(root, 'examples'), join(folder, 'examples'), { recursive: true });
  await writeFixtureRun(folder);
  const code = await launch({
    folder,
    extensionDevelopmentPath: root,
    width,
    height,
    settings: { 'workbench.colorTheme': theme, ...settings },
  });
  // Commands are there once the explorer shows the folder and the extension host has answered.
  await code.page.locator('.explorer-folders-view .monaco-list-row').first().waitFor();
  await code.page.locator('.statusbar-item').first().waitFor();
  await code.page.waitForTimeout(3000);
  return {
    ...code,
    folder,
    /** Inside of the one webview that is open. */
    webview: code.page.frameLocator('iframe.webview.ready').frameLocator('#active-frame'),
    async close() {
      await code.close();
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

async function writeFixtureRun(workspace) {
  const out = join(root, 'build/fixture-report.mjs');
  await build({ entryPoints: [join(import.meta.dirname, 'panels/fixture-report.ts')], outfile: out, format: 'esm' });
  const { fixtureReport, fixtureRun } = await import(out);
  const folder = join(workspace, '.quantlens/runs/first');
  mkdirSync(folder, { recursive: true });
  const { record } = fixtureRun(folder);
  const config = join(workspace, 'model.quant.yaml');
  writeFileSync(join(folder, 'run.json'), JSON.stringify({ ...record, config }));
  writeFileSync(join(folder, 'report.json'), JSON.stringify(fixtureReport()));
}
