// A VS Code window that is driven as a person would, for pictures and for what the suite inside cannot see.
// Needs VSCODE_EXE: the headless stand-in, whose folder has vscode.mjs.
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { build } from 'esbuild';

export const root = resolve(import.meta.dirname, '../..');
const { launch } = await import(join(dirname(process.env.VSCODE_EXE), 'vscode.mjs'));

/** Opens a copy of `workspace`, else of the test workspace with a run of fixture errors in it. `prepare` gets the copy's path. */
export async function openWindow(options = {}) {
  const { theme = 'Default Dark Modern', width = 1280, height = 800, settings = {} } = options;
  const home = mkdtempSync(join(tmpdir(), 'quantlens-window-'));
  const folder = join(home, basename(options.workspace ?? 'models'));
  const withoutRuns = { recursive: true, filter: (path) => !path.includes('.quantlens') };
  if (options.workspace) cpSync(join(root, options.workspace), folder, withoutRuns);
  else {
    cpSync(join(import.meta.dirname, 'workspace'), folder, { recursive: true });
    cpSync(join(root, 'examples'), join(folder, 'examples'), withoutRuns);
    await writeFixtureRun(folder);
  }
  await options.prepare?.(folder);
  const code = await launch({
    folder,
    extensionDevelopmentPath: root,
    width,
    height,
    openFile: options.openFile && join(folder, options.openFile),
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
      rmSync(home, { recursive: true, force: true, maxRetries: 3 });
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
