// `inspect --advice`: what each layer costs with its weights at 8, 4 and 2 bits, and the mixes of bits that are best at their size.

import { paretoFront } from '../../engine/error-analysis/advice.ts';
import type { AdviceReport } from '../../engine/error-analysis/advice-report.ts';
import { withFixedRanges } from '../../engine/quantization/group-grid.ts';
import { placeQuantization } from '../../engine/quantization/placement.ts';
import type { RunFolder } from '../runs/run-folder.ts';
import type { JobContext } from './context.ts';
import type { QuantizedModel } from './post-training.ts';
import type { Prepared } from './prepare.ts';
import { sensitivityOf } from './sensitivity.ts';

/** The most first. Overrides of the config for single layers hold in each. */
const BITS = [8, 4, 2] as const;

export async function writeAdvice(
  { float, ranges, source = { graph: float, ranges } }: QuantizedModel,
  { validation, calibration, settings }: Prepared,
  run: RunFolder,
  context: JobContext,
): Promise<void> {
  const { graph } = source;
  const measured = [];
  for (const bits of BITS) {
    const message = `Measuring what each layer costs with weights of ${bits} bits`;
    context.emit({ kind: 'phase', phase: 'inspect', message });
    const own = { ...settings, weights: { ...settings.weights, bits } };
    const subject = {
      graph,
      ranges: withFixedRanges(placeQuantization(graph, own), source.ranges),
      settings: own,
      dataset: validation ?? calibration,
    };
    measured.push({ bits, sensitivity: await sensitivityOf(subject, context) });
  }
  const { float: score, images } = measured[0].sensitivity;
  const report: AdviceReport = {
    version: 1,
    model: graph.name,
    images,
    float: score,
    points: paretoFront(graph, measured),
  };
  run.write('advice.json', `${JSON.stringify(report)}\n`);
}
