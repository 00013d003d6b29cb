// When the client last said something: work in the background waits until it is quiet.
import { setTimeout as pause } from 'node:timers/promises';

export interface Activity {
  /** A message has come in. */
  mark(): void;
  /** Resolves when none has come for a while. */
  quiet(): Promise<void>;
  /** Cleans up after work in the background. */
  rest(): void;
}

/** Longer than between two keystrokes, ms. */
const QUIET = 250;

/** `rest` is called whenever it has become quiet. */
export function createActivity(rest: () => void): Activity {
  let last = performance.now();
  let isArmed = false;
  const left = (): number => last + QUIET - performance.now();
  const check = (): void => {
    isArmed = false;
    if (left() > 0) arm();
    else rest();
  };
  const arm = (): void => {
    if (isArmed) return;
    isArmed = true;
    setTimeout(check, Math.max(left(), 1));
  };
  return {
    mark() {
      last = performance.now();
      arm();
    },
    async quiet() {
      // At least one turn of the event loop, so that a message that waits is seen.
      await pause(0);
      while (left() > 0) await pause(left());
    },
    rest,
  };
}
