// A command line or a window that dies without a word: its job ends too, and the run stays whole.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { JobEvent } from '../../protocol/job-events.ts';
import type { JobRequest } from '../../protocol/job-request.ts';
import type { RunRecord } from '../../protocol/run-record.ts';
import { DIST, json, quantlens } from './quantlens.ts';
import { smallConfig, smallData } from './small-data.ts';

const small = smallData();
small.npz('small.npz');
// Long enough to be killed in the middle of it.
const LONG = 'training: { epochs: 500, batch: 32, checkpointEvery: 5, validateInt8: false }\n';
const config = small.config('long.quant.yaml', smallConfig(undefined, 'small.npz', LONG));

async function until<T>(what: () => T | undefined, seconds: number): Promise<T> {
  for (let waited = 0; waited < 1000 * seconds; waited += 50) {
    const found = what();
    if (found !== undefined) return found;
    await sleep(50);
  }
  throw new Error(`nothing came in ${seconds} s`);
}

const isAlive = (id: number): boolean => {
  try {
    process.kill(id, 0);
    return true;
  } catch {
    return false;
  }
};

function recordIn(cwd: string): RunRecord | undefined {
  const runs = join(cwd, '.quantlens', 'runs');
  const [id] = existsSync(runs) ? readdirSync(runs) : [];
  const file = join(runs, id ?? '', 'run.json');
  return id !== undefined && existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as RunRecord) : undefined;
}

/** Resolves once the job trains, by its checkpoint. */
async function inTraining(cwd: string, child: ChildProcess): Promise<RunRecord> {
  const record = await until(() => recordIn(cwd), 60);
  await until(() => existsSync(join(cwd, '.quantlens', 'runs', record.id, 'checkpoint.npz')) || undefined, 60);
  expect(child.exitCode).toBeNull();
  return record;
}

test.each(['SIGKILL', 'SIGTERM'] as const)(
  'the job ends with the command line that got %s, its run cancelled and whole',
  async (signal) => {
    const cwd = join(small.folder, signal);
    mkdirSync(cwd);
    const child = spawn(process.execPath, [join(DIST, 'cli.mjs'), 'train', '../long.quant.yaml'], {
      cwd,
      stdio: 'ignore',
    });
    const { process: job, id } = await inTraining(cwd, child);
    expect(isAlive(job!)).toBe(true);
    child.kill(signal);
    await until(() => (isAlive(job!) ? undefined : true), 10);
    expect(recordIn(cwd)).toMatchObject({ status: 'cancelled' });
    expect(readdirSync(join(cwd, '.quantlens', 'runs', id)).filter((name) => name.endsWith('.part'))).toEqual([]);
    if (signal === 'SIGTERM') return;
    // What has no checkpoint of its end yet still has its models so far.
    const exported = quantlens(cwd, 'export', id, '--format', 'tflite', '--json');
    expect(exported.code).toBe(0);
    expect(json(exported)).toMatchObject({ files: [expect.stringMatching(/\.tflite$/)] });
  },
  120_000,
);

test('a job that is paused, and so says nothing, ends where its input does', { timeout: 60_000 }, async () => {
  const cwd = join(small.folder, 'paused');
  mkdirSync(cwd);
  const request: JobRequest = { kind: 'train', config };
  const child = spawn(process.execPath, [join(DIST, 'job.mjs'), JSON.stringify(request)], { cwd });
  createInterface({ input: child.stdout }).on('line', (line) => {
    const event = JSON.parse(line) as JobEvent;
    if (event.kind === 'step' && event.step === 1) child.stdin.write('pause\n');
    if (event.kind === 'control') child.stdin.end();
  });
  const code = await new Promise((resolve) => child.on('close', resolve));
  expect(code).toBe(130);
  expect(recordIn(cwd)).toMatchObject({ status: 'cancelled' });
});
