// The error of each layer of a run's int8 model: measured, kept as report.json, details.json and report.html, and told.

import { collectDetails } from '../../engine/error-analysis/details.ts';
import { measureErrors } from '../../engine/error-analysis/measure.ts';
import type { ErrorReport } from '../../engine/error-analysis/report.ts';
import { withEffects } from '../../engine/error-analysis/sensitivity.ts';
import { InputError } from '../../engine/errors.ts';
import { toAimet } from '../../engine/quantization/handoff/aimet.ts';
import { rangesToJson } from '../../engine/quantization/handoff/ranges-file.ts';
import { openBackend } from '../kernels/open-backend.ts';
import { moreOf, withPictures } from '../runs/details-file.ts';
import { reportHtml } from '../runs/report-html.ts';
import type { RunFolder } from '../runs/run-folder.ts';
import { openAccelerator } from '../simulation/accelerator.ts';
import type { JobContext } from './context.ts';
import { drained } from './drained.ts';
import { kernelsFor } from './kernel-set.ts';
import type { QuantizedModel } from './post-training.ts';
import type { Prepared } from './prepare.ts';
import { sensitivityOf } from './sensitivity.ts';

/** Files of a run by the form in which they hand its ranges on. */
export const HAND_OFFS = { ranges: 'ranges.json', aimet: 'encodings.json' } as const;

/** Errors settle well before; more takes longer and changes the second digit. */
const IMAGES = 500;

/** A model that cannot be measured (an op that only one side runs) is a warning: the run has its other results. */
export async function writeReport(
  { float, ranges, integer }: QuantizedModel,
  prepared: Prepared,
  run: RunFolder,
  context: JobContext,
): Promise<ErrorReport | undefined> {
  const dataset = prepared.validation ?? prepared.calibration;
  const images = Math.min(IMAGES, dataset.size);
  run.write(HAND_OFFS.ranges, `${JSON.stringify(rangesToJson(float, ranges), null, 2)}\n`);
  run.write(HAND_OFFS.aimet, `${JSON.stringify(toAimet(integer), null, 2)}\n`);
  context.emit({ kind: 'phase', phase: 'inspect', message: `Measuring the error of each layer on ${images} samples` });
  const details = collectDetails();
  const steps = measureErrors({ float, integer }, dataset, {
    kernels: kernelsFor(integer, prepared),
    images,
    backend: openBackend(),
    accelerator: openAccelerator(),
    details,
  });
  try {
    const report = await drained(steps, 'inspect', context);
    run.write('details.json', JSON.stringify(withPictures(details.report({ float, integer }, dataset, images))));
    writeFiles(report, run);
    context.emit({ kind: 'report', report });
    return report;
  } catch (error) {
    if (!(error instanceof InputError) || error.place.file !== undefined) throw error;
    context.emit({ kind: 'warning', message: `The errors of the layers could not be measured: ${error.message}` });
    return undefined;
  }
}

function writeFiles(report: ErrorReport, run: RunFolder): void {
  run.write('report.json', `${JSON.stringify(report)}\n`);
  writeHtml(report, run);
}

/** The page, with whatever the run has been measured for. */
export function writeHtml(report: ErrorReport, run: RunFolder): void {
  run.write('report.html', reportHtml(run.record, report, moreOf(run.path)));
}

/** Adds to a run's report what each layer costs; what is known so far is in the report while it is measured. */
export async function addEffects(
  report: ErrorReport,
  { float, ranges, source = { graph: float, ranges } }: QuantizedModel,
  { validation, calibration, settings }: Prepared,
  run: RunFolder,
  context: JobContext,
): Promise<ErrorReport> {
  context.emit({ kind: 'phase', phase: 'inspect', message: 'Measuring what each layer costs' });
  const subject = { ...source, settings, dataset: validation ?? calibration };
  const effects = await sensitivityOf(subject, context, (known) => writeFiles(withEffects(report, known), run));
  const whole = withEffects(report, effects);
  writeFiles(whole, run);
  context.emit({ kind: 'report', report: whole });
  return whole;
}
