// The command line as its users run it: bundled once into a folder of the test's own, started as a process.
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..');
export const DIST = mkdtempSync(join(tmpdir(), 'quantlens-dist-'));
execFileSync(
  process.execPath,
  ['scripts/build.mjs', '--out', DIST, '--only', 'cli,job,hdf5-worker,simulation-worker'],
  {
    cwd: ROOT,
  },
);
// The WebAssembly kernels as the checkout was built with them; without them the reference kernels train.
const KERNELS = join(ROOT, 'dist', 'kernels');
if (existsSync(KERNELS)) cpSync(KERNELS, join(DIST, 'kernels'), { recursive: true });

export interface Result {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `quantlens …` in a folder. */
export function quantlens(cwd: string, ...parameters: string[]): Result {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(DIST, 'cli.mjs'), ...parameters], {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  });
  return { code: status, stdout, stderr };
}

/** The JSON object that `--json` promises on the last line. */
export function json(result: Result): unknown {
  return JSON.parse(result.stdout.trimEnd().split('\n').at(-1) ?? '');
}
