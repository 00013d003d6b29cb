// What the validation data is scored by. A tally takes samples in any order, as threads finish them.

import type { MetricName } from '../../engine/config/schema.ts';
import type { TargetForm } from '../../engine/training/dataset.ts';

export interface Metric {
  readonly name: MetricName;
  /** In tables: `accuracy`, `AUC`, `mean squared error`. */
  readonly title: string;
  /** Whether more is better, as of accuracy; less is, of an error. */
  readonly higherIsBetter: boolean;
  /** A tally of so many samples. */
  start(samples: number, form: TargetForm): Tally;
}

/** Outputs of some samples, one after the other, with what was put in and what was wanted. */
export interface Scored {
  /** Index of the first sample. */
  readonly first: number;
  readonly count: number;
  readonly inputs: Float32Array;
  readonly outputs: Float32Array;
  readonly targets: Float32Array;
}

export interface Tally {
  add(scored: Scored): void;
  value(): number;
  /** The class that each sample was given, or yes and no of each output; absent where there are none. */
  readonly answers?: Int32Array;
}

export const METRICS: { readonly [K in MetricName]: Metric } = {
  accuracy: {
    name: 'accuracy',
    title: 'accuracy',
    higherIsBetter: true,
    start: (samples, form) => (form.kind === 'class' ? classes(samples) : decisions(samples, form.shape)),
  },
  auc: { name: 'auc', title: 'AUC', higherIsBetter: true, start: (samples) => areaUnderCurve(samples) },
  'mean-squared-error': {
    name: 'mean-squared-error',
    title: 'mean squared error',
    higherIsBetter: false,
    start: () => meanError((difference) => difference * difference),
  },
  'mean-absolute-error': {
    name: 'mean-absolute-error',
    title: 'mean absolute error',
    higherIsBetter: false,
    start: () => meanError(Math.abs),
  },
};

/** The class of the largest score of each sample, the first of equals: one tie rule for every form of a model. */
export function answersOf(outputs: Float32Array, count: number): Int32Array {
  const size = outputs.length / count;
  return Int32Array.from({ length: count }, (_, n) => {
    let best = 0;
    for (let c = 1; c < size; c++) if (outputs[n * size + c] > outputs[n * size + best]) best = c;
    return best;
  });
}

function classes(samples: number): Tally {
  const answers = new Int32Array(samples);
  let [right, done] = [0, 0];
  return {
    answers,
    add({ first, count, outputs, targets }) {
      const given = answersOf(outputs, count);
      answers.set(given, first);
      for (let n = 0; n < count; n++) if (given[n] === targets[n]) right++;
      done += count;
    },
    value: () => right / done,
  };
}

/** Decisions that are kept to be compared, at most: one of each pixel of many images would fill the memory. */
const MOST_DECISIONS = 2 ** 24;

/** Yes and no by sigmoids: the share of outputs on the right side of one half, as Keras's `binary_accuracy`. */
function decisions(samples: number, shape: readonly number[]): Tally {
  const size = shape.reduce((a, b) => a * b, 1);
  const answers = samples * size <= MOST_DECISIONS ? new Int32Array(samples * size) : undefined;
  let [right, done] = [0, 0];
  return {
    ...(answers && { answers }),
    add({ first, outputs, targets }) {
      for (let i = 0; i < outputs.length; i++) {
        const yes = outputs[i] > 0.5;
        if (answers) answers[first * size + i] = Number(yes);
        if (yes === targets[i] > 0.5) right++;
      }
      done += outputs.length;
    },
    value: () => right / done,
  };
}

function meanError(of: (difference: number) => number): Tally {
  let [sum, done] = [0, 0];
  return {
    add({ outputs, targets }) {
      for (let i = 0; i < outputs.length; i++) sum += of(outputs[i] - targets[i]);
      done += outputs.length;
    },
    value: () => sum / done,
  };
}

/**
 * The share of pairs of a 1 and a 0 in which the 1 has the higher score, ties half (Mann–Whitney). The score is a sigmoid's
 * output, the second class of two, or how badly an autoencoder gives its input back.
 */
function areaUnderCurve(samples: number): Tally {
  const scores = new Float64Array(samples);
  const labels = new Uint8Array(samples);
  return {
    add({ first, count, inputs, outputs, targets }) {
      const size = outputs.length / count;
      for (let n = 0; n < count; n++) {
        labels[first + n] = targets[n];
        scores[first + n] = size <= 2 ? outputs[(n + 1) * size - 1] : reconstructionError(inputs, outputs, n, size);
      }
    },
    value: () => rankSum(scores, labels),
  };
}

function reconstructionError(inputs: Float32Array, outputs: Float32Array, n: number, size: number): number {
  let sum = 0;
  for (let i = n * size; i < (n + 1) * size; i++) sum += (inputs[i] - outputs[i]) ** 2;
  return sum / size;
}

function rankSum(scores: Float64Array, labels: Uint8Array): number {
  const order = Uint32Array.from(scores.keys()).sort((a, b) => scores[a] - scores[b]);
  let [ranks, ones] = [0, 0];
  for (let from = 0; from < order.length; ) {
    let to = from;
    while (to < order.length && scores[order[to]] === scores[order[from]]) to++;
    const rank = (from + 1 + to) / 2;
    for (let i = from; i < to; i++) {
      if (labels[order[i]] === 0) continue;
      ranks += rank;
      ones++;
    }
    from = to;
  }
  return (ranks - (ones * (ones + 1)) / 2) / (ones * (order.length - ones));
}
