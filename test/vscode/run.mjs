// Runs the suite in a real VS Code: the one of VSCODE_EXE, or one that @vscode/test-electron downloads.
//   npm run test:vscode [-- --grep TEXT] [-- --vsix FILE]     ends with `N passed, N failed`
import { execFileSync, spawnSync } from 'node:child_process';
import { appendFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { runTests } from '@vscode/test-electron';
import { build } from 'esbuild';

const root = resolve(import.meta.dirname, '../..');
const { values: options } = parseArgs({ options: { grep: { type: 'string' }, vsix: { type: 'string' } } });
const out = join(root, 'build/vscode-suite');
mkdirSync(out, { recursive: true });
await build({
  entryPoints: [join(import.meta.dirname, 'entry.ts')],
  outfile: join(out, 'entry.cjs'),
  bundle: true,
  platform: 'node',
  format: 'cjs',
  sourcemap: 'inline',
  external: ['vscode', 'mocha'],
  logLevel: 'warning',
});

const home = mkdtempSync(join(tmpdir(), 'quantlens-vscode-'));
const workspace = join(home, 'workspace');
cpSync(join(import.meta.dirname, 'workspace'), workspace, { recursive: true });
cpSync(join(root, 'examples'), join(workspace, 'examples'), {
  recursive: true,
  filter: (source) => !source.includes('.quantlens'),
});
const log = process.env.VSC_TEST_LOG ?? join(home, 'suite.log');
appendFileSync(log, '');
const code = process.env.VSCODE_EXE;
let failed = false;
try {
  const extensions = join(home, 'extensions');
  if (options.vsix) {
    execFileSync(code, ['--install-extension', resolve(options.vsix), `--extensions-dir=${extensions}`], {
      stdio: 'inherit',
    });
  }
  await runTests({
    vscodeExecutablePath: code,
    version: code ? undefined : 'stable',
    extensionDevelopmentPath: options.vsix ? join(import.meta.dirname, 'driver') : root,
    extensionTestsPath: join(out, 'entry.cjs'),
    extensionTestsEnv: { QUANTLENS_GREP: options.grep ?? '', QUANTLENS_ROOT: root, VSC_TEST_LOG: log },
    launchArgs: [workspace, `--extensions-dir=${extensions}`, `--user-data-dir=${join(home, 'user')}`],
  });
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  failed = true;
}
const results = [closingLine(readFileSync(log, 'utf8'))];
rmSync(home, { recursive: true, force: true, maxRetries: 3 });
if (!options.grep) results.push(wholeWindows());
const sum = (part) => results.reduce((total, result) => total + result[part], 0);
console.log(`${sum('passed')} passed, ${sum('failed')} failed`);
process.exit(failed || sum('failed') > 0 ? 1 : 0);

/** Without a closing line the suite did not run to its end. */
function closingLine(text) {
  const [, passed, failures] = [...text.matchAll(/^(\d+) passed, (\d+) failed/gm)].at(-1) ?? ['', '0', '1'];
  return { passed: Number(passed), failed: Number(failures) };
}

/** Windows that are driven from outside; only the headless stand-in can be. */
function wholeWindows() {
  if (!code || !existsSync(join(dirname(code), 'vscode.mjs'))) {
    console.log('  Whole windows are not driven: VSCODE_EXE is not the headless stand-in.');
    return { passed: 0, failed: 0 };
  }
  const { stdout } = spawnSync(process.execPath, [join(import.meta.dirname, 'windows.mjs')], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  console.log(stdout);
  return closingLine(stdout);
}
