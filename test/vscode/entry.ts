// The suite's entry, run inside VS Code's extension host: mocha over the files imported below, and one closing line.
import { join } from 'node:path';
import type { MochaOptions, Runner } from 'mocha';
import { print } from './print.ts';

/** Results are printed below, as they come. */
const SILENT = class {} as unknown as MochaOptions['reporter'];

export async function run(): Promise<void> {
  const { default: Mocha } = await import('mocha');
  const mocha = new Mocha({ ui: 'bdd', timeout: 60_000, reporter: SILENT });
  if (process.env.QUANTLENS_GREP) mocha.grep(process.env.QUANTLENS_GREP);
  mocha.suite.emit('pre-require', globalThis, join(__dirname, 'entry.cjs'), mocha);
  await import('./activation.suite.ts');
  await import('./config.suite.ts');
  await import('./python.suite.ts');
  await import('./graph.suite.ts');
  await import('./train.suite.ts');
  await import('./runs.suite.ts');
  await import('./new-config.suite.ts');
  await import('./commands.suite.ts');
  await import('./server.suite.ts');
  const count = { passed: 0, failed: 0 };
  await new Promise<void>((resolve) => {
    const runner: Runner = mocha.run(() => resolve());
    runner.on('pass', (test) => {
      count.passed++;
      print(`  ✓ ${test.fullTitle()} (${test.duration} ms)`);
    });
    runner.on('fail', (test, error) => {
      count.failed++;
      print(`  ✗ ${test.fullTitle()}\n${error.stack ?? error.message}`);
    });
  });
  print(`${count.passed} passed, ${count.failed} failed`);
  if (count.failed > 0) throw new Error(`${count.failed} failed`);
}
