// The error of each layer of a run's int8 model: measured, kept as report.json and report.html, and told.

import { measureErrors } from '../../engine/error-analysis/measure.ts';
import { InputError } from '../../engine/errors.ts';
import { reportHtml } from '../runs/report-html.ts';
import type { RunFolder } from '../runs/run-folder.ts';
import { checkpoint, type JobContext } from './context.ts';
import { KERNELS, type QuantizedModel } from './post-training.ts';
import type { Prepared } from './prepare.ts';
import { backend } from './train-phase.ts';

/** Errors settle well before; more takes longer and changes the second digit. */
const IMAGES = 500;

/** A model that cannot be measured (an op that only one side runs) is a warning: the run has its other results. */
export async function writeReport(
  { float, integer }: QuantizedModel,
  { validation, calibration }: Prepared,
  run: RunFolder,
  context: JobContext,
): Promise<void> {
  const dataset = validation ?? calibration;
  const images = Math.min(IMAGES, dataset.size);
  context.emit({ kind: 'phase', phase: 'inspect', message: `Measuring the error of each layer on ${images} samples` });
  const steps = measureErrors({ float, integer }, dataset, { kernels: KERNELS, images, backend });
  try {
    for (;;) {
      const step = steps.next();
      if (step.done) {
        run.write('report.json', `${JSON.stringify(step.value)}\n`);
        run.write('report.html', reportHtml(run.record, step.value));
        context.emit({ kind: 'report', report: step.value });
        return;
      }
      context.emit({ kind: 'progress', phase: 'inspect', ...step.value });
      await checkpoint(context);
    }
  } catch (error) {
    if (!(error instanceof InputError) || error.place.file !== undefined) throw error;
    context.emit({ kind: 'warning', message: `The errors of the layers could not be measured: ${error.message}` });
  }
}
