// Work of the engine that pauses to say how far it is, run to its end: progress is told, and the job can be ended at each pause.

import type { Phase } from '../../protocol/job-events.ts';
import { checkpoint, type JobContext } from './context.ts';

export async function drained<T>(
  steps: Generator<{ readonly done: number; readonly total: number }, T, void>,
  phase: Phase,
  context: JobContext,
): Promise<T> {
  try {
    for (;;) {
      const step = steps.next();
      if (step.done) return step.value;
      const { done, total } = step.value;
      context.emit({ kind: 'progress', phase, done, total });
      await checkpoint(context);
    }
  } finally {
    // Closes what it has open where it did not come to its end.
    steps.return(undefined as never);
  }
}
