// Every panel in a plain browser, at each theme and width: drawn, free of serious axe-core findings, pictures in build/panels.
// Then report.html, the size of each panel's bundle, how soon the error panel is drawn, and the script of a frame of a large graph.
//   npm run test:panels      needs Chromium (CHROMIUM, default /usr/bin/chromium); ends with `N passed, N failed`
import { mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import axe from 'axe-core';
import { build } from 'esbuild';
import { chromium } from 'playwright-core';

const root = resolve(import.meta.dirname, '../../..');
const pictures = join(root, 'build/panels');
mkdirSync(pictures, { recursive: true });
// Beside the bundles, where report.html looks for its panel.
const scenesFile = join(root, 'dist/run-panel-scenes.mjs');
await build({
  entryPoints: [join(import.meta.dirname, 'scenes.ts')],
  outfile: scenesFile,
  bundle: true,
  format: 'esm',
  platform: 'node',
});
const { SCENES, reportPage } = await import(scenesFile);
const { checkFigures, checkReport } = await import('./figures.mjs');
const themes = JSON.parse(readFileSync(join(import.meta.dirname, 'themes.json'), 'utf8'));
const WIDTHS = [480, 1280];

const only = process.argv[2];
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
});
const count = { passed: 0, failed: 0 };
for (const scene of SCENES.filter(({ name }) => !only || name.includes(only))) {
  for (const [theme, tokens] of Object.entries(themes)) {
    for (const width of WIDTHS) {
      const title = `${scene.name}, ${theme}, ${width} px`;
      const problems = await check(scene, tokens, theme, width).catch((error) => [String(error)]);
      count[problems.length === 0 ? 'passed' : 'failed']++;
      console.log(problems.length === 0 ? `  ✓ ${title}` : `  ✗ ${title}\n    ${problems.join('\n    ')}`);
    }
  }
}
const report = (problems, title) => {
  count[problems.length === 0 ? 'passed' : 'failed']++;
  console.log(problems.length === 0 ? `  ✓ ${title}` : `  ✗ ${title}\n    ${problems.join('\n    ')}`);
};
if (!only || 'report.html'.includes(only)) await checkReport(browser, reportPage(), pictures, report);
if (!only || 'figures'.includes(only)) await checkFigures({ open, root, report });
await browser.close();
console.log(`${count.passed} passed, ${count.failed} failed`);
process.exit(count.failed > 0 ? 1 : 0);

/** A panel's page as the editor makes it, before any message. */
async function open(panel, tokens, theme, width) {
  const page = await browser.newPage({ viewport: { width, height: 800 } });
  const errors = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  const style = Object.entries(tokens)
    .map(([key, value]) => `${key}:${value}`)
    .join(';')
    .replaceAll('"', '&quot;');
  const file = (suffix) => readFileSync(join(root, 'dist/webviews', `${panel}.${suffix}`), 'utf8');
  // The same policy as in VS Code, with hashes in place of its nonce.
  await page.setContent(`<!DOCTYPE html><html lang="en" style="${style}"><head><title>QuantLens</title><style>${file('css')}</style></head>
    <body class="${theme.startsWith('light') ? 'vscode-light' : theme.startsWith('high') ? 'vscode-high-contrast' : 'vscode-dark'}"></body></html>`);
  await page.evaluate(() => {
    let state;
    window.posted = [];
    window.acquireVsCodeApi = () => ({
      postMessage: (message) => window.posted.push(message),
      getState: () => state,
      setState: (value) => {
        state = JSON.parse(JSON.stringify(value));
      },
    });
  });
  await page.addScriptTag({ content: file('js') });
  return { page, errors };
}

async function check({ panel, name, messages, shown }, tokens, theme, width) {
  const { page, errors } = await open(panel, tokens, theme, width);
  for (const message of messages) await page.evaluate((data) => window.postMessage(data, '*'), message);
  await page.locator(shown).first().waitFor({ timeout: 5000 });
  await page.waitForTimeout(100);
  await page.screenshot({ path: join(pictures, `${name}-${theme}-${width}.png`) });
  await page.addScriptTag({ content: axe.source });
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  await page.close();
  return [
    ...errors,
    ...serious.map(
      ({ id, help, nodes }) =>
        `${id}: ${help} (${nodes.length}×, ${nodes[0].target.join(' ')}: ${nodes[0].failureSummary?.split('\n')[1]?.trim()})`,
    ),
    ...(overflow > 0 ? [`the page is ${overflow} px wider than the window`] : []),
  ];
}
