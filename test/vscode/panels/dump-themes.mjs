// Writes themes.json: those theme tokens of a real VS Code that our panels use.
//   VSCODE_EXE=.../code node test/vscode/panels/dump-themes.mjs
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openWindow } from '../window.mjs';

const THEMES = { dark: 'Default Dark Modern', light: 'Default Light Modern', 'high-contrast': 'Default High Contrast' };
const bundles = readdirSync('dist/webviews').filter((name) => /\.(js|css)$/.test(name));
const used = bundles.map((name) => readFileSync(join('dist/webviews', name), 'utf8')).join('\n');
const themes = {};
for (const [name, theme] of Object.entries(THEMES)) {
  const window = await openWindow({ theme });
  await window.palette('QuantLens: Inspect Quantization Error');
  await window.webview.locator('tbody tr').first().waitFor();
  await window.page.screenshot({ path: `build/panels/window-${name}.png` });
  const style = await window.webview.locator('html').getAttribute('style');
  themes[name] = Object.fromEntries(
    style.split(';').flatMap((each) => {
      const at = each.indexOf(':');
      const token = each.slice(0, at).trim();
      return used.includes(token.replace('--vscode-', '')) ? [[token, each.slice(at + 1).trim()]] : [];
    }),
  );
  await window.close();
}
writeFileSync(join(import.meta.dirname, 'themes.json'), `${JSON.stringify(themes, null, 1)}\n`);
