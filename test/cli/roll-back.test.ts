// A training that is told to go back to an earlier epoch does so, and goes on where that is not there any more.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import type { JobEvent } from '../../protocol/job-events.ts';
import type { JobControl, JobRequest } from '../../protocol/job-request.ts';
import { DIST } from './quantlens.ts';
import { smallConfig, smallData } from './small-data.ts';

const small = smallData();
small.npz('small.npz');
const TRAINING = 'training: { epochs: 8, batch: 32, learningRate: 3e-4 }\n';
const config = small.config('small.quant.yaml', smallConfig(undefined, 'small.npz', TRAINING));

/** Runs the job, says each command after the epoch that it stands for, once, and gives all that was told. */
function trained(commands: Map<number, JobControl>): Promise<JobEvent[]> {
  const request: JobRequest = { kind: 'train', config };
  const child = spawn(process.execPath, [join(DIST, 'job.mjs'), JSON.stringify(request)], { cwd: small.folder });
  const events: JobEvent[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    const event = JSON.parse(line) as JobEvent;
    events.push(event);
    if (event.kind !== 'epoch') return;
    const command = commands.get(event.epoch);
    if (command) child.stdin.write(`${command}\n`);
    commands.delete(event.epoch);
  });
  return new Promise((resolve) => child.on('close', () => resolve(events)));
}

const epochsOf = (events: readonly JobEvent[]): number[] =>
  events.flatMap((event) => (event.kind === 'epoch' ? [event.epoch] : []));
const warningsOf = (events: readonly JobEvent[]): string[] =>
  events.flatMap((event) => (event.kind === 'warning' ? [event.message] : []));

test('goes back to an epoch whose checkpoint is kept', async () => {
  const events = await trained(new Map([[4, 'rollback 2']]));
  const epochs = epochsOf(events);
  const back = epochs.findIndex((epoch, i) => i > 0 && epoch <= epochs[i - 1]);
  expect(epochs[back]).toBe(3);
  expect(epochs.at(-1)).toBe(8);
  expect(events.at(-1)).toMatchObject({ kind: 'done' });
}, 60_000);

test('goes on where the checkpoint is gone, and says so', async () => {
  const events = await trained(new Map([[7, 'rollback 1']]));
  expect(epochsOf(events)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  expect(warningsOf(events).join()).toMatch(/no checkpoint of epoch 1.*Training goes on/);
  expect(events.at(-1)).toMatchObject({ kind: 'done' });
  const [run] = events.flatMap((event) => (event.kind === 'done' ? [event.folder] : []));
  expect(JSON.parse(readFileSync(join(run, 'run.json'), 'utf8'))).toMatchObject({ status: 'done' });
}, 60_000);
