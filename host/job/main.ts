// The job process: one request as JSON in its only argument, job events as lines on standard output.
// It ends when it is done, when it is told to by a signal, and when the process that started it is no more: however that
// died, the pipe to this one's standard input closes.

import { fstatSync } from 'node:fs';
import { InputError } from '../../engine/errors.ts';
import type { JobEvent } from '../../protocol/job-events.ts';
import type { JobRequest } from '../../protocol/job-request.ts';
import { Cancelled } from './context.ts';
import { listen } from './control.ts';
import { runJob } from './run-job.ts';

const EXIT = { done: 0, bad: 2, defect: 70, cancelled: 130 } as const;

const abort = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => abort.abort());
process.stdout.on('error', () => abort.abort());
if (isPipe(0)) process.stdin.on('end', () => abort.abort()).on('error', () => abort.abort());

function emit(event: JobEvent): void {
  process.stdout.write(`${JSON.stringify(event)}\n`);
}

/** A terminal or the null device may be at its end from the start. */
function isPipe(descriptor: number): boolean {
  try {
    const stat = fstatSync(descriptor);
    return stat.isFIFO() || stat.isSocket();
  } catch {
    return false;
  }
}

async function main(): Promise<number> {
  try {
    const control = listen(process.stdin, abort.signal, emit);
    const request = parseRequest(process.argv[2]);
    const isTrusted = request.trusted === true;
    await runJob(request, { root: process.cwd(), isTrusted, emit, signal: abort.signal, control });
    return EXIT.done;
  } catch (error) {
    if (error instanceof Cancelled) return EXIT.cancelled;
    if (error instanceof InputError) {
      const { file, line, column } = error.place;
      emit({
        kind: 'failed',
        message: error.message,
        ...(file === undefined ? {} : { file }),
        ...(line === undefined ? {} : { line }),
        ...(column === undefined ? {} : { column }),
      });
      return EXIT.bad;
    }
    console.error(error);
    const message = error instanceof Error ? error.message : String(error);
    emit({ kind: 'failed', message: `QuantLens has a defect: ${message}. Please report it.` });
    return EXIT.defect;
  }
}

function parseRequest(text: string | undefined): JobRequest {
  try {
    return JSON.parse(text ?? '') as JobRequest;
  } catch {
    throw new InputError('The job process needs one argument, a job request as JSON.');
  }
}

process.exitCode = await main();
