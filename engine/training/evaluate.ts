// Evaluation of a program on data, and its activations sample by sample for calibration and error analysis.

import { argMax } from '../kernels/reference/loss.ts';
import type { Dataset } from './dataset.ts';
import type { ModeName } from './plan/mode.ts';
import { perImage } from './plan/planner.ts';
import type { Program } from './program.ts';

export interface Evaluation {
  /** Mean over the samples. */
  readonly loss: number;
  /** Share of samples whose first largest output is the label; absent for real targets. */
  readonly accuracy?: number;
}

type EvaluationMode = Extract<
  ModeName,
  'evaluate-float' | 'evaluate-quantized' | 'inspect-float' | 'inspect-quantized'
>;

/** Runs `mode` over the dataset, batch by batch, and calls `visit` after each with the indices of its samples. */
export function forEachBatch(
  program: Program,
  dataset: Dataset,
  mode: EvaluationMode,
  visit: (indices: Uint32Array) => void,
): void {
  const { batch } = program.options;
  for (let first = 0; first < dataset.size; first += batch) {
    const count = Math.min(batch, dataset.size - first);
    const indices = Uint32Array.from({ length: count }, (_, index) => first + index);
    dataset.read(indices, program.input, program.targets);
    program.run(mode, count);
    visit(indices);
  }
}

/**
 * Accuracy and loss in float, or fake-quantized as the integer program will compute. The answer is the first of the
 * largest of the model's own outputs, as for the integer program, whose codes tie in about 1 of 100 samples.
 */
export function evaluate(program: Program, dataset: Dataset, mode: EvaluationMode): Evaluation {
  const [output] = program.graph.outputs;
  const outputs = program.tensor(mode, output);
  const size = perImage(program.graph, output);
  const isClass = program.options.target.kind === 'class';
  let [loss, hits] = [0, 0];
  forEachBatch(program, dataset, mode, (indices) => {
    for (let n = 0; n < indices.length; n++) {
      loss += program.losses[n];
      if (isClass && argMax(outputs.subarray(n * size), 0, size) === program.targets[n]) hits++;
    }
  });
  return { loss: loss / dataset.size, ...(isClass ? { accuracy: hits / dataset.size } : {}) };
}
