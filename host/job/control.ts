// What a running training is told from outside: lines of text on standard input.

import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { JobEvent } from '../../protocol/job-events.ts';
import type { JobControl } from '../../protocol/job-request.ts';

export interface ControlState {
  /** Resolves while training may go on; waits while it is paused. */
  gate(): Promise<void>;
  /** Whether training is to end after this epoch. */
  readonly stopsAtEpoch: boolean;
  /** The epoch to go back to, once; null where nobody asked. */
  takeRollback(): number | null;
}

/** Control of a job that nobody talks to. */
export const NO_CONTROL: ControlState = { gate: async () => {}, stopsAtEpoch: false, takeRollback: () => null };

/** Listens as long as the job runs; the input keeps the process alive while it is paused, when nothing else does. */
export function listen(input: Readable, signal: AbortSignal, emit: (event: JobEvent) => void): ControlState {
  let resume: (() => void) | undefined;
  let paused: Promise<void> | undefined;
  let stopsAtEpoch = false;
  let rollback: number | null = null;
  const goOn = (): void => {
    resume?.();
    resume = undefined;
    paused = undefined;
    hold(input, false);
  };
  signal.addEventListener('abort', goOn);
  createInterface({ input }).on('line', (line) => {
    const command = parseControl(line);
    if (command === undefined) return;
    if (command === 'pause') {
      paused ??= new Promise((resolve) => {
        resume = resolve;
      });
      hold(input, true);
    } else if (command === 'stop-at-epoch') stopsAtEpoch = true;
    else if (command !== 'resume') rollback = Number(command.split(' ')[1]);
    if (command !== 'pause') goOn();
    emit({ kind: 'control', command });
  });
  hold(input, false);
  return {
    gate: async () => {
      await paused;
    },
    get stopsAtEpoch() {
      return stopsAtEpoch;
    },
    takeRollback() {
      const epoch = rollback;
      rollback = null;
      return epoch;
    },
  };
}

/** Whether the process stays alive for the input; one that is a file has no say in it. */
function hold(input: Readable & { readonly ref?: () => void; readonly unref?: () => void }, isHeld: boolean): void {
  if (isHeld) input.ref?.();
  else input.unref?.();
}

function parseControl(line: string): JobControl | undefined {
  if (line === 'pause' || line === 'resume' || line === 'stop-at-epoch') return line;
  return /^rollback \d+$/.test(line) ? (line as `rollback ${number}`) : undefined;
}
