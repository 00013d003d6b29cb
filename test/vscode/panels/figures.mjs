// Figures that the panels keep to, measured in a browser; each check reports its problems and says what it measured.
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import axe from 'axe-core';

/** Bytes of a panel's script and style as the checkout builds them; the package's are minified. */
const LARGEST_BUNDLE = 300 * 1024;
/** Milliseconds from a report's message to its table on a page that is there. */
const SLOWEST_PANEL = 300;
/** Milliseconds of script of one frame of a graph of 1,300 ops. */
const SLOWEST_FRAME = 8;

export async function checkFigures({ open, root, report }) {
  const folder = join(root, 'dist/webviews');
  for (const script of readdirSync(folder).filter((name) => name.endsWith('.js'))) {
    const bytes = statSync(join(folder, script)).size + statSync(join(folder, script.replace('.js', '.css'))).size;
    const title = `${script.replace('.js', '')} and its style are ${(bytes / 1024).toFixed(0)} KiB`;
    report(bytes > LARGEST_BUNDLE ? [`more than ${LARGEST_BUNDLE / 1024} KiB`] : [], title);
  }
  const { FIGURES } = await import(join(root, 'dist/run-panel-scenes.mjs'));
  await errorPanel(await open('error-panel', {}, 'dark', 1280), FIGURES, report);
  await largeGraph(await open('graph-view', {}, 'dark', 1280), FIGURES, report);
}

async function errorPanel({ page }, { report: message, details }, report) {
  const milliseconds = await page.evaluate(
    async ([first, second]) => {
      const started = performance.now();
      window.postMessage(first, '*');
      while (!document.querySelector('tbody tr')) await new Promise(requestAnimationFrame);
      await new Promise(requestAnimationFrame);
      const shown = performance.now() - started;
      window.postMessage(second, '*');
      while (!document.querySelector('.svg-chart')) await new Promise(requestAnimationFrame);
      return { shown, whole: performance.now() - started };
    },
    [message, details],
  );
  await page.close();
  const title = `the error panel is drawn in ${milliseconds.shown.toFixed(0)} ms, with its charts in ${milliseconds.whole.toFixed(0)} ms`;
  report(milliseconds.shown > SLOWEST_PANEL ? [`more than ${SLOWEST_PANEL} ms`] : [], title);
}

/** Frames while a graph is moved and zoomed: the median's script and the slowest's. */
async function largeGraph({ page }, { graph }, report) {
  const frames = await page.evaluate(async (message) => {
    window.postMessage(message, '*');
    while (!document.querySelector('canvas')) await new Promise(requestAnimationFrame);
    const canvas = document.querySelector('canvas');
    const times = [];
    // The panel draws in the next frame: its script is timed around what it asked for.
    const request = window.requestAnimationFrame.bind(window);
    window.requestAnimationFrame = (draw) =>
      request((at) => {
        const started = performance.now();
        draw(at);
        times.push(performance.now() - started);
      });
    const wheel = (deltaY, ctrlKey) =>
      canvas.dispatchEvent(new WheelEvent('wheel', { deltaY, ctrlKey, cancelable: true }));
    for (let step = 0; step < 120; step++) {
      // First along the graph at full size, then with all of it in view.
      if (step < 60) wheel(300, false);
      else if (step === 60)
        [...document.querySelectorAll('vscode-button')].find((each) => /fit/i.test(each.textContent)).click();
      else wheel(step % 2 ? 8 : -8, step % 3 === 0);
      await new Promise(request);
      await new Promise(request);
    }
    return times.sort((a, b) => a - b);
  }, graph);
  await page.close();
  const [median, worst] = [frames[frames.length >> 1], frames[Math.floor(frames.length * 0.98)]];
  const title = `${frames.length} frames of a graph of 1,300 ops: ${median.toFixed(1)} ms of script, 98 of 100 under ${worst.toFixed(1)} ms`;
  report(frames.length < 60 || worst > SLOWEST_FRAME ? [`more than ${SLOWEST_FRAME} ms, or no frames`] : [], title);
}

/** report.html at both schemes and two widths, opened as a file. */
export async function checkReport(browser, html, pictures, report) {
  const file = join(pictures, 'report.html');
  writeFileSync(file, html);
  for (const colorScheme of ['light', 'dark']) {
    for (const width of [480, 1280]) {
      const page = await browser.newPage({ viewport: { width, height: 800 }, colorScheme });
      const problems = [];
      page.on('pageerror', (error) => problems.push(error.message));
      page.on('request', (request) => {
        if (!/^(file|data|blob):/.test(request.url())) problems.push(`asks the network for ${request.url()}`);
      });
      await page.goto(`file://${file}`);
      await page
        .locator('.svg-chart')
        .first()
        .waitFor({ timeout: 5000 })
        .catch((error) => problems.push(String(error)));
      await page.screenshot({ path: join(pictures, `report-${colorScheme}-${width}.png`), fullPage: true });
      const violations = await page.evaluate(`${axe.source};window.axe.run(document).then((r) => r.violations)`);
      for (const { impact, id, help, nodes } of violations) {
        if (impact === 'serious' || impact === 'critical')
          problems.push(`${id}: ${help} (${nodes[0].target.join(' ')})`);
      }
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      if (overflow > 0) problems.push(`the page is ${overflow} px wider than the window`);
      await page.close();
      report(problems, `report.html, ${colorScheme}, ${width} px`);
    }
  }
}
