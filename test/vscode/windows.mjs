// What only a whole window shows. Needs VSCODE_EXE: the headless stand-in.
//   VSCODE_EXE=.../code node test/vscode/windows.mjs [TEXT]      ends with `N passed, N failed`
import { FIGURES } from './windows-figures.mjs';
import { JOBS } from './windows-jobs.mjs';
import { WHOLE_PATH } from './windows-path.mjs';
import { PLACES } from './windows-places.mjs';
import { TROUBLE } from './windows-trouble.mjs';

const WINDOWS = { ...FIGURES, ...WHOLE_PATH, ...JOBS, ...PLACES, ...TROUBLE };
const only = process.argv[2];
const count = { passed: 0, failed: 0 };
for (const [title, check] of Object.entries(WINDOWS)) {
  if (only && !title.includes(only)) continue;
  const started = Date.now();
  try {
    await check();
    count.passed++;
    console.log(`  ✓ ${title} (${Date.now() - started} ms)`);
  } catch (error) {
    count.failed++;
    console.log(`  ✗ ${title}\n${error.stack ?? error}`);
  }
}
console.log(`${count.passed} passed, ${count.failed} failed`);
process.exit(count.failed > 0 ? 1 : 0);
