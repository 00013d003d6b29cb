// One job in a process of its own: started with a request, heard line by line, ended at any time without loss.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { JobEvent } from '../../protocol/job-events.ts';
import type { JobControl, JobRequest } from '../../protocol/job-request.ts';

export interface JobProcess {
  readonly request: JobRequest;
  control(command: JobControl): void;
  cancel(): void;
  /** The exit code; null after a signal. Never rejects. */
  readonly ended: Promise<number | null>;
}

export interface JobListener {
  event(event: JobEvent): void;
  /** A line that is no event: what a library printed, or a crash. */
  text(line: string): void;
}

/** After a polite request to end, ms. */
const KILL_DELAY = 3000;

export function startJob(module: string, request: JobRequest, cwd: string, listener: JobListener): JobProcess {
  const child = spawn(process.execPath, [module, JSON.stringify(request)], {
    cwd,
    env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  createInterface({ input: child.stdout }).on('line', (line) => {
    const event = parseEvent(line);
    if (event) listener.event(event);
    else listener.text(line);
  });
  createInterface({ input: child.stderr }).on('line', (line) => listener.text(line));
  // A job that has ended no longer reads.
  child.stdin.on('error', () => {});
  const ended = new Promise<number | null>((resolve) => {
    child.on('error', (error) => {
      listener.text(`The job could not be started: ${error.message}`);
      resolve(1);
    });
    child.on('close', (code) => resolve(code));
  });
  return {
    request,
    ended,
    control: (command) => void child.stdin.write(`${command}\n`),
    cancel() {
      child.kill('SIGTERM');
      setTimeout(() => child.kill('SIGKILL'), KILL_DELAY).unref();
    },
  };
}

function parseEvent(line: string): JobEvent | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const value: unknown = JSON.parse(line);
    const isEvent = typeof value === 'object' && value !== null && 'kind' in value && typeof value.kind === 'string';
    return isEvent ? (value as JobEvent) : undefined;
  } catch {
    return undefined;
  }
}
