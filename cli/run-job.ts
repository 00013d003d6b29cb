// A job from the terminal: started, shown, cancelled by Ctrl-C, and its last word turned into a result or an error.

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { InputError } from '../engine/errors.ts';
import { startJob } from '../host/jobs/start-job.ts';
import type { JobEvent } from '../protocol/job-events.ts';
import type { JobRequest } from '../protocol/job-request.ts';
import { createProgress } from './progress.ts';
import { say } from './terminal.ts';

export type Done = Extract<JobEvent, { kind: 'done' }>;
export const INTERRUPTED = 130;
export const GATE_MISSED = 1;

/** Whether the run lacks something that the config's gates or `--max-drop` ask for. */
export const gateMissed = ({ gates, restored }: Done): boolean =>
  restored?.met === false || (gates ?? []).some(({ met }) => !met);

/** Runs a job to its end. Undefined where it was cancelled; throws an InputError where it failed. */
export async function runJob(request: JobRequest): Promise<Done | undefined> {
  const module = fileURLToPath(new URL('./job.mjs', import.meta.url));
  if (!existsSync(module)) throw new Error(`${module} is missing; run npm run build`);
  const progress = createProgress();
  const others: string[] = [];
  let last: JobEvent | undefined;
  const job = startJob(
    module,
    { ...request, trusted: true },
    (event) => {
      last = event;
      progress.event(event);
    },
    (line) => others.push(line),
  );
  // The terminal sends its own Ctrl-C to both processes; this one must outlive the job to tell what became of it.
  const cancel = (): void => job.cancel();
  process.on('SIGINT', cancel).on('SIGTERM', cancel);
  const code = await job.ended;
  process.off('SIGINT', cancel).off('SIGTERM', cancel);
  progress.end();
  if (last?.kind === 'done') return last;
  if (last?.kind === 'cancelled') {
    say(`Cancelled. What was done so far is in ${last.folder}.`);
    return undefined;
  }
  if (last?.kind === 'failed') throw new InputError(last.message, placeOf(last));
  if (process.env.QUANTLENS_DEBUG) for (const line of others) say(line);
  throw new InputError(
    `The job ended without a result (${code === null ? 'killed by the system, perhaps out of memory' : `exit code ${code}`}); its run folder keeps what was done.`,
  );
}

function placeOf({ file, line, column }: Extract<JobEvent, { kind: 'failed' }>) {
  return {
    ...(file === undefined ? {} : { file }),
    ...(line === undefined ? {} : { line }),
    ...(column === undefined ? {} : { column }),
  };
}
