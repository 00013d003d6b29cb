// Batch-norm re-estimation: statistics measured anew, with quantized weights that stand still, in place of running averages that lag
// behind weights which moved. Nagel et al., "Overcoming Oscillations in Quantization-Aware Training", ICML 2022, section 2.3.

import type { Dataset } from './dataset.ts';
import type { Program } from './program.ts';

/** Sets means and variances to the averages over the batches of samples that `batches` gives; trains nothing. */
export function reestimateBatchNorms(program: Program, dataset: Dataset, batches: readonly Uint32Array[]): void {
  const norms = program.graph.ops.flatMap(({ batchNorm }) => batchNorm ?? []);
  if (norms.length === 0 || batches.length === 0) return;
  const statistics = norms.flatMap(({ mean, variance, momentum }) =>
    [mean, variance].map((id) => ({ momentum, values: program.view(program.store.statistics.get(id)!) })),
  );
  const sums = statistics.map(({ values }) => new Float64Array(values.length));
  for (const indices of batches) {
    // From 0, a step leaves the batch's own statistics times 1 − momentum.
    for (const { values } of statistics) values.fill(0);
    dataset.read(indices, program.input, program.targets);
    program.run('train-moving', indices.length);
    for (const [n, { values, momentum }] of statistics.entries()) {
      for (const [i, value] of values.entries()) sums[n][i] += value / (1 - momentum);
    }
  }
  for (const [n, { values }] of statistics.entries()) {
    for (let i = 0; i < values.length; i++) values[i] = sums[n][i] / batches.length;
  }
}
