// Takes the pictures of the README: a real run of the digits example, in a real window.
//   VSCODE_EXE=.../code node test/vscode/pictures.mjs [findings|dark|light|narrow]      writes docs/images/*.png
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { openWindow, root } from './window.mjs';

const images = join(root, 'docs/images');
mkdirSync(images, { recursive: true });

/** Trains before the window opens, so that the picture is the same each time. */
function prepare(folder) {
  const request = { kind: 'train', config: join(folder, 'digits.quant.yaml') };
  execFileSync(process.execPath, [join(root, 'dist/job.mjs'), JSON.stringify(request)], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

const SETTINGS = {
  'workbench.activityBar.location': 'hidden',
  'editor.minimap.enabled': false,
  'breadcrumbs.enabled': false,
};

const only = process.argv[2];
if (!only || only === 'findings') await findings();
for (const [name, theme, width] of [
  ['dark', 'Default Dark Modern', 1440],
  ['light', 'Default Light Modern', 1440],
  ['narrow', 'Default Light Modern', 900],
]) {
  if (only && only !== name) continue;
  const window = await openWindow({
    theme,
    width,
    height: 860,
    workspace: 'examples/digits',
    prepare,
    openFile: 'model.py',
    settings: SETTINGS,
  });
  const { page, palette, webview } = window;
  await page.locator('.monaco-editor').first().waitFor();
  await page.waitForTimeout(6000);
  if (width < 1000) await palette('View: Close Primary Side Bar');
  await palette('QuantLens: Inspect Quantization Error');
  await webview.locator('tbody tr').first().waitFor({ timeout: 90_000 });
  await page.waitForTimeout(1500);
  await page.screenshot({ path: join(images, `error-panel${name === 'dark' ? '' : `-${name}`}.png`) });
  if (name === 'dark') {
    await palette('QuantLens: Show Model Graph');
    await page.waitForTimeout(4000);
    await page.screenshot({ path: join(images, 'graph.png') });
  }
  await window.close();
}

/** A first draft with its findings and the fixes of one. */
async function findings() {
  const window = await openWindow({
    width: 1280,
    height: 640,
    workspace: 'examples/digits',
    openFile: 'first_draft.py',
    settings: { ...SETTINGS, 'editor.fontSize': 13 },
  });
  const { page, palette } = window;
  await palette('View: Close Primary Side Bar');
  await page.locator('.squiggly-warning').first().waitFor({ timeout: 90_000 });
  await page.locator('.codelens-decoration', { hasText: 'parameters' }).waitFor();
  await page.locator('.view-line', { hasText: 'stem_bn' }).click();
  await page.keyboard.press('Control+Period');
  await page.locator('.action-widget .monaco-list-row').first().waitFor();
  await page.waitForTimeout(1000);
  await page.screenshot({ path: join(images, 'findings.png') });
  await window.close();
}
