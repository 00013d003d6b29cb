// The job `inspect`: measures the errors of a run's layers again, from its checkpoints and the data of its config.

import type { ErrorReport } from '../../engine/error-analysis/report.ts';
import { InputError } from '../../engine/errors.ts';
import type { JobRequest } from '../../protocol/job-request.ts';
import { readReport } from '../runs/read-report.ts';
import { storedRun } from '../runs/stored-run.ts';
import { writeAdvice } from './advice.ts';
import type { JobContext } from './context.ts';
import { trainedFloat } from './float-model.ts';
import { quantizedModel } from './post-training.ts';
import { prepare } from './prepare.ts';
import { trainedQuantized } from './qat.ts';
import { addEffects, writeHtml, writeReport } from './report.ts';

export async function inspect(
  { run, sensitivity, advice }: Extract<JobRequest, { kind: 'inspect' }>,
  context: JobContext,
): Promise<void> {
  const { folder, config } = storedRun(context.root, run);
  const { id, status, kind } = folder.record;
  if (status !== 'done') {
    throw new InputError(
      `The run ${id} is ${status}, so its errors cannot be measured; finish it with \`quantlens train --resume ${id}\`.`,
      { file: folder.path },
    );
  }
  context.emit({ kind: 'phase', phase: 'load', message: 'Loading the model and the data' });
  const prepared = await prepare(config, context);
  // Nothing is trained: the checkpoints say that it has been.
  const silent = { ...context, emit: () => {} };
  const float = await trainedFloat(prepared, folder, silent);
  const ptq = await quantizedModel(float, prepared, silent);
  const model = kind === 'train' ? await trainedQuantized(float, ptq, prepared, folder, silent) : ptq;
  // Advice alone leaves a report as it is.
  const known = advice && !sensitivity ? readableReport(folder.path) : undefined;
  let report = known ?? (await writeReport(model, prepared, folder, context));
  if (report && sensitivity) report = await addEffects(report, model, prepared, folder, context);
  if (advice) await writeAdvice(model, prepared, folder, context);
  if (report && advice) writeHtml(report, folder);
  context.emit({ kind: 'done', run: id, folder: folder.path });
}

function readableReport(folder: string): ErrorReport | undefined {
  try {
    return readReport(folder);
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}
