// Starts a job in a process of its own and hears its events; the command line uses it, as the extension uses its own.

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { JobEvent } from '../../protocol/job-events.ts';
import type { JobRequest } from '../../protocol/job-request.ts';

export interface RunningJob {
  /** Asks it to end; what it has so far stays. */
  cancel(): void;
  /** Exit code; null where a signal ended it. */
  readonly ended: Promise<number | null>;
}

/**
 * `module` is the job's bundle. Lines on its output that are no events, and all of its errors, go to `other`; they are a
 * defect's trace or a library's words.
 */
export function startJob(
  module: string,
  request: JobRequest,
  onEvent: (event: JobEvent) => void,
  other: (line: string) => void,
): RunningJob {
  const child = spawn(process.execPath, [module, JSON.stringify(request)], { stdio: ['pipe', 'pipe', 'pipe'] });
  createInterface({ input: child.stderr }).on('line', other);
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => {
    const event = parseEvent(line);
    if (event) onEvent(event);
    else other(line);
  });
  // A job that has ended no longer reads.
  child.stdin.on('error', () => {});
  return {
    cancel: () => void child.kill('SIGTERM'),
    ended: new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code) => resolve(code));
    }),
  };
}

function parseEvent(line: string): JobEvent | undefined {
  if (!line.startsWith('{"kind":')) return undefined;
  try {
    return JSON.parse(line) as JobEvent;
  } catch {
    return undefined;
  }
}
