// A VS Code window that is driven as a person would, for pictures and for what the suite inside cannot see.
// Needs VSCODE_EXE: the headless stand-in, whose folder has vscode.mjs.
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { build } from 'esbuild';

export const root = resolve(import.meta.dirname, '../..');
const { launch } = await import(join(dirname(process.env.VSCODE_EXE), 'vscode.mjs'));

/**
 * Opens a copy of `workspace`, else of the test workspace with a run of fixture errors in it. `prepare` gets the copy's path.
 * `vsix`: the packaged extension in place of this checkout; `extension: false`: neither. `trust`: Workspace Trust is on.
 */
export async function openWindow(options = {}) {
  const {
    theme = 'Default Dark Modern',
    width = 1280,
    height = 800,
    settings = {},
    vsix,
    trust = false,
    extension = true,
  } = options;
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
    ...(vsix ? { vsix } : extension && { extensionDevelopmentPath: root }),
    width,
    height,
    trust,
    openFile: options.openFile && join(folder, options.openFile),
    settings: { 'workbench.colorTheme': theme, ...settings },
  });
  if (!trust) await isUp(code.page);
  return {
    ...code,
    folder,
    /** Inside of the one webview that is open. */
    webview: code.page.frameLocator('iframe.webview.ready').frameLocator('#active-frame'),
    /** Another window of the same server: of the same folder, or of what `search` names in its place. */
    async another(search = {}) {
      const page = await code.page.context().newPage();
      await page.goto(addressOf(code.url, search), { waitUntil: 'commit' });
      await isUp(page, search.folder !== null);
      return page;
    },
    async close() {
      await code.close();
      rmSync(home, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

/** `{ folder: null }` is a window without a folder, `{ workspace: PATH }` one of a workspace file. */
function addressOf(url, search) {
  const address = new URL(url);
  if ('workspace' in search) address.searchParams.delete('folder');
  for (const [key, value] of Object.entries(search)) {
    if (value === null) address.searchParams.delete(key);
    else address.searchParams.set(key, value);
  }
  return address.href;
}

/** Commands are there once the explorer shows the folder and the extension host has answered. */
async function isUp(page, hasFolder = true) {
  if (hasFolder) await page.locator('.explorer-folders-view .monaco-list-row').first().waitFor({ timeout: 60_000 });
  await page.locator('.statusbar-item').first().waitFor();
  await page.waitForTimeout(3000);
}

/** The text field of the palette; lists with boxes to tick have other inputs, hidden in some versions. */
export const paletteInput = (page) =>
  page.locator('.quick-input-widget input[type="text"], .quick-input-widget input.input').first();

/** Opens the palette and says which commands of ours it offers. */
export async function offered(page) {
  await page.keyboard.press('F1');
  const input = paletteInput(page);
  await input.waitFor({ state: 'visible' });
  await input.fill('>QuantLens: ');
  await page.waitForTimeout(1000);
  const rows = await page.locator('.quick-input-list .monaco-list-row .label-name').allInnerTexts();
  await page.keyboard.press('Escape');
  return rows.filter((row) => row.startsWith('QuantLens: ')).map((row) => row.slice('QuantLens: '.length));
}

/** A palette that is open does not hear of a command that comes to apply, so it is opened again. */
export async function palette(page, title) {
  const row = page.locator('.quick-input-list .monaco-list-row', { hasText: title }).first();
  for (let tries = 1; ; tries++) {
    await page.keyboard.press('F1');
    const input = paletteInput(page);
    await input.waitFor({ state: 'visible' });
    await input.fill(`>${title}`);
    try {
      await row.waitFor({ timeout: 5000 });
      break;
    } catch (error) {
      if (tries === 6) throw error;
      await page.keyboard.press('Escape');
    }
  }
  await page.keyboard.press('Enter');
}

/** Texts of the notifications, read in their center: a driven window shows no toasts. */
export async function notifications(page) {
  const center = page.locator('.notifications-center.visible');
  if (!(await center.isVisible())) await page.locator('[id="status.notifications"]').click();
  const texts = await page.locator('.notifications-center .notification-list-item-message').allInnerTexts();
  // VS Code's own words on a slow start.
  return texts.filter((text) => !/^(Activating Extensions|Saving ')/.test(text));
}

/** Asks every 200 ms until the answer is wanted; fails with the last one. */
export async function until(what, ask, wanted = Boolean, timeout = 60_000) {
  const end = Date.now() + timeout;
  for (;;) {
    const answer = await ask();
    if (wanted(answer)) return answer;
    if (Date.now() > end) throw new Error(`Waited ${timeout} ms for ${what}; last: ${JSON.stringify(answer)}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
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
