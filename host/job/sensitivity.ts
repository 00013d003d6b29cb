// What each layer of a model costs, measured with progress: what `inspect --sensitivity` tells and `--max-drop` goes by.

import type { Sensitivity } from '../../engine/error-analysis/report.ts';
import { measureSensitivity } from '../../engine/error-analysis/sensitivity.ts';
import type { Graph } from '../../engine/graph/graph.ts';
import type { Ranges } from '../../engine/quantization/ranges.ts';
import type { QuantizationSettings } from '../../engine/quantization/settings.ts';
import type { Dataset } from '../../engine/training/dataset.ts';
import { openBackend } from '../kernels/open-backend.ts';
import type { JobContext } from './context.ts';
import { drained } from './drained.ts';

/** Samples that sensitivities are measured on: enough to order the layers. */
const SAMPLES = 2000;

/** What is known so far is handed on this often, ms. */
const PART_EVERY = 2000;

export interface SensitivitySubject {
  /** Float, fused and folded, and its ranges. */
  readonly graph: Graph;
  readonly ranges: Ranges;
  readonly settings: QuantizationSettings;
  readonly dataset: Dataset;
}

/** `partly` gets what is known so far, every few seconds. */
export function sensitivityOf(
  { graph, ranges, settings, dataset }: SensitivitySubject,
  context: JobContext,
  partly: (sensitivity: Sensitivity) => void = () => {},
): Promise<Sensitivity> {
  const images = Math.min(SAMPLES, dataset.size);
  const steps = measureSensitivity(graph, dataset, { settings, ranges, images, backend: openBackend() });
  return drained(progressOf(steps, partly), 'inspect', context);
}

/** Sensitivities as progress for those who watch. */
function* progressOf(
  steps: Generator<Sensitivity, Sensitivity, void>,
  partly: (sensitivity: Sensitivity) => void,
): Generator<{ readonly done: number; readonly total: number }, Sensitivity, void> {
  let told = performance.now();
  try {
    for (;;) {
      const { done, value } = steps.next();
      if (done) return value;
      if (performance.now() - told > PART_EVERY) {
        told = performance.now();
        partly(value);
      }
      yield { done: value.images, total: value.total };
    }
  } finally {
    steps.return(undefined as never);
  }
}
