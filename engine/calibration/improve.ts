// What post-training quantization may do to the weights of a float model before they are rounded. Each step gives a graph that
// is calibrated and quantized like any other.

import type { Graph } from '../graph/graph.ts';
import type { LayerClasses } from '../quantization/layer-settings.ts';
import { placeQuantization } from '../quantization/placement.ts';
import type { QuantizationSettings } from '../quantization/settings.ts';
import type { Dataset } from '../training/dataset.ts';
import { type FloatForward, programForward } from '../training/float-forward.ts';
import { roundAdaptively } from './adaptive-rounding.ts';
import { BATCH, type CalibrationProgress } from './batches.ts';
import { correctBiases } from './bias-correction.ts';
import { equalize } from './equalize.ts';

export interface Improvements {
  /** Cross-layer equalization of weight ranges. */
  readonly equalization: boolean;
  /** AdaRound's objective: weights rounded together rather than each to the nearest. */
  readonly adaptiveRounding: boolean;
  /** The mean that rounding moves is taken from the bias. */
  readonly biasCorrection: boolean;
}

export const NO_IMPROVEMENTS: Improvements = { equalization: false, adaptiveRounding: false, biasCorrection: false };

export interface ImproveOptions {
  readonly classes?: LayerClasses;
  /** What computes the activations of a graph; the training kernels if it is left out. */
  readonly open?: (graph: Graph) => FloatForward;
}

export interface Improved {
  /** To be calibrated and quantized: its weights may be on their grids already. */
  readonly graph: Graph;
  /** What was done, in full sentences. */
  readonly notes: readonly string[];
}

/** `graph` is fused and folded. Pauses after each batch of data; it can be left at any pause. */
export function* improveSteps(
  graph: Graph,
  dataset: Dataset,
  settings: QuantizationSettings,
  improvements: Improvements,
  options: ImproveOptions = {},
): Generator<CalibrationProgress, Improved, void> {
  const placement = placeQuantization(graph, settings, options.classes);
  const open = options.open ?? ((each: Graph) => programForward(each, BATCH));
  const notes: string[] = [];
  const equalized = improvements.equalization ? equalize(graph, new Set(placement.floatOps.keys())) : null;
  if (equalized) {
    const pairs = equalized.pairs.map((pair) => pair.join(' and ')).join(', ');
    notes.push(pairs === '' ? 'No two layers could be equalized.' : `Equalized the weight ranges of ${pairs}.`);
  }
  const start = equalized?.graph ?? graph;
  if (!improvements.adaptiveRounding && !improvements.biasCorrection) return { graph: start, notes };
  const forward = open(start);
  try {
    const rounded = improvements.adaptiveRounding ? yield* roundAdaptively(start, dataset, placement, forward) : start;
    if (improvements.adaptiveRounding) notes.push('Rounded the weights together, by the outputs of their layers.');
    const corrected = improvements.biasCorrection
      ? yield* correctBiases(start, rounded, dataset, placement, forward)
      : rounded;
    if (improvements.biasCorrection) notes.push('Corrected the biases for the mean that rounding moves.');
    return { graph: corrected, notes };
  } finally {
    forward.close();
  }
}
