// The ways in which one program runs: each is a list of kernel calls over the same weights and ranges.

export interface Mode {
  /** Backward and update follow the forward pass; dropout is active. */
  readonly training: boolean;
  /** Batch norms use the batch's statistics and move the running ones; otherwise they are folded into the weights. */
  readonly batchStatistics: boolean;
  /** Weights, activations and, once batch norms are folded, biases are fake-quantized. */
  readonly quantized: boolean;
  /** Ranges follow the activations that pass. */
  readonly observing: boolean;
  /** Every activation stays readable after the run; otherwise memory is reused. */
  readonly keepTensors: boolean;
  /** After the forward pass each op runs once more, alone, from operands that are fed to it; see `isolated.ts`. */
  readonly isolated?: boolean;
  /** Many forward passes: float, quantized, and one each with a single layer of the one in the other; see `sensitivity.ts`. */
  readonly sensitivity?: boolean;
}

export const MODES = {
  /** Float training. */
  'train-float': { training: true, batchStatistics: true, quantized: false, observing: false, keepTensors: false },
  'train-float-frozen': {
    training: true,
    batchStatistics: false,
    quantized: false,
    observing: false,
    keepTensors: false,
  },
  /** QAT, first part: batch statistics and ranges move. */
  'train-moving': { training: true, batchStatistics: true, quantized: true, observing: true, keepTensors: false },
  /** QAT, second part: batch norms are folded, ranges still follow the activations. */
  'train-observing': { training: true, batchStatistics: false, quantized: true, observing: true, keepTensors: false },
  /** QAT, last part: what is trained is what is exported. */
  'train-frozen': { training: true, batchStatistics: false, quantized: true, observing: false, keepTensors: false },
  'evaluate-float': {
    training: false,
    batchStatistics: false,
    quantized: false,
    observing: false,
    keepTensors: false,
  },
  'evaluate-quantized': {
    training: false,
    batchStatistics: false,
    quantized: true,
    observing: false,
    keepTensors: false,
  },
  /** For calibration and error analysis: as the evaluations, with every activation readable. */
  'inspect-float': { training: false, batchStatistics: false, quantized: false, observing: false, keepTensors: true },
  'inspect-quantized': {
    training: false,
    batchStatistics: false,
    quantized: true,
    observing: false,
    keepTensors: true,
  },
  /** `inspect-float`, and each op alone from operands rounded as its integer form reads them. */
  'inspect-isolated': {
    training: false,
    batchStatistics: false,
    quantized: false,
    observing: false,
    keepTensors: true,
    isolated: true,
  },
  'inspect-sensitivity': {
    training: false,
    batchStatistics: false,
    quantized: true,
    observing: false,
    keepTensors: false,
    sensitivity: true,
  },
} as const satisfies Record<string, Mode>;

export type ModeName = keyof typeof MODES;
