// Takes the pictures of the README: a real run of the digits example, in a real window.
//   VSCODE_EXE=.../code node test/vscode/pictures.mjs      writes docs/images/*.png
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openWindow, root } from './window.mjs';

const images = join(root, 'docs/images');
mkdirSync(images, { recursive: true });

/** Trains before the window opens, so that the picture is the same each time. */
function prepare(folder) {
  const config = join(folder, 'digits.quant.yaml');
  const text = readFileSync(config, 'utf8').replace(
    'model: digits.keras',
    'model: model.py:build_model\nweights: digits.keras',
  );
  writeFileSync(config, text);
  execFileSync(process.execPath, [join(root, 'dist/job.mjs'), JSON.stringify({ kind: 'train', config })], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

for (const [name, theme, width] of [
  ['dark', 'Default Dark Modern', 1440],
  ['light', 'Default Light Modern', 1440],
  ['narrow', 'Default Light Modern', 900],
]) {
  const window = await openWindow({
    theme,
    width,
    height: 860,
    workspace: 'examples/digits',
    prepare,
    openFile: 'model.py',
    settings: {
      'workbench.activityBar.location': 'hidden',
      'editor.minimap.enabled': false,
      'breadcrumbs.enabled': false,
    },
  });
  const { page, palette, webview } = window;
  if (width < 1000) await palette('View: Close Primary Side Bar');
  await page.locator('.monaco-editor').first().waitFor();
  await page.waitForTimeout(3000);
  await palette('QuantLens: Inspect Quantization Error');
  await webview.locator('tbody tr').first().waitFor({ timeout: 20_000 });
  await page.waitForTimeout(1500);
  await page.screenshot({ path: join(images, `error-panel${name === 'dark' ? '' : `-${name}`}.png`) });
  if (name === 'dark') {
    await palette('QuantLens: Show Model Graph');
    await page.waitForTimeout(4000);
    await page.screenshot({ path: join(images, 'graph.png') });
  }
  await window.close();
}
