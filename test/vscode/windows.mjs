// What only a whole window shows. Needs VSCODE_EXE: the headless stand-in.
//   VSCODE_EXE=.../code node test/vscode/windows.mjs [TEXT]      ends with `N passed, N failed`
import { FIGURES } from './windows-figures.mjs';
import { JOBS } from './windows-jobs.mjs';
import { PANELS } from './windows-panels.mjs';
import { WHOLE_PATH } from './windows-path.mjs';
import { PLACES } from './windows-places.mjs';
import { TROUBLE } from './windows-trouble.mjs';

const only = process.argv[2];
const count = { passed: 0, failed: 0 };

async function check(title, run) {
  const started = Date.now();
  try {
    await run();
    count.passed++;
    console.log(`  ✓ ${title} (${Date.now() - started} ms)`);
  } catch (error) {
    count.failed++;
    console.log(`  ✗ ${title}\n${error.stack ?? error}`);
  }
}

async function checkAll(scenarios, atOnce) {
  const waiting = Object.entries(scenarios).filter(([title]) => !only || title.includes(only));
  const worker = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) await check(...next);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

// Figures are taken alone; the others wait for windows more than they compute.
await checkAll(FIGURES, 1);
await checkAll({ ...WHOLE_PATH, ...JOBS, ...PANELS, ...PLACES, ...TROUBLE }, 2);
console.log(`${count.passed} passed, ${count.failed} failed`);
process.exit(count.failed > 0 ? 1 : 0);
