// The life of a run: made when its work starts, marked done, failed or cancelled when it ends, its events kept in its folder.

import type { MetricName, QuantConfig } from '../../engine/config/schema.ts';
import { InputError } from '../../engine/errors.ts';
import type { JobEvent } from '../../protocol/job-events.ts';
import { createRun, type NewRun, type RunFolder } from '../runs/run-folder.ts';
import { Cancelled, type JobContext } from './context.ts';

/** Gives `body` a run, new or gone on with, and a context whose events are kept in it; its result goes into the last event. */
export async function inRun(
  context: JobContext,
  run: NewRun | RunFolder,
  config: QuantConfig,
  metric: MetricName,
  body: (folder: RunFolder, context: JobContext) => Promise<Omit<Done, 'kind' | 'run' | 'folder'>>,
): Promise<void> {
  const folder = 'path' in run ? run : createRun(context.root, run, config);
  if ('path' in run) run.restart();
  const place = { run: folder.id, folder: folder.path };
  const emit = (event: JobEvent): void => {
    // Progress is for those who watch now; a run of an hour would log thousands.
    if (event.kind !== 'progress' && event.kind !== 'report') folder.log(event);
    context.emit(event);
  };
  emit({ kind: 'started', ...place, metric });
  try {
    const result = await body(folder, { ...context, emit });
    folder.update({ status: 'done', ended: new Date().toISOString() });
    emit({ kind: 'done', ...place, ...result });
  } catch (error) {
    endWith(folder, error);
    if (error instanceof Cancelled) emit({ kind: 'cancelled', ...place });
    throw error;
  }
}

type Done = Extract<JobEvent, { kind: 'done' }>;

/** Where even this cannot be written the disk is full: the error that led here says so already. */
function endWith(folder: RunFolder, error: unknown): void {
  const ended = new Date().toISOString();
  const message = error instanceof Error ? error.message : String(error);
  try {
    folder.update(error instanceof Cancelled ? { status: 'cancelled', ended } : { status: 'failed', ended, message });
  } catch (second) {
    if (!(second instanceof InputError)) throw second;
  }
}
