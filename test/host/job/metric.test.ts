// The metrics against their definitions, whatever the order in which samples arrive.
import { describe, expect, test } from 'vitest';
import type { TargetForm } from '../../../engine/training/dataset.ts';
import { METRICS, type Metric } from '../../../host/job/metric.ts';
import { hasConverged, isBest } from '../../../host/job/stopping.ts';

interface Data {
  readonly inputs?: readonly number[];
  readonly outputs: readonly number[];
  readonly targets: readonly number[];
}

/** One sample at a time, the last first. */
function score(metric: Metric, form: TargetForm, samples: number, { inputs = [], outputs, targets }: Data) {
  const tally = metric.start(samples, form);
  const part = (values: readonly number[], n: number) => {
    const size = values.length / samples;
    return Float32Array.from(values.slice(n * size, (n + 1) * size));
  };
  for (let n = samples - 1; n >= 0; n--) {
    tally.add({ first: n, count: 1, inputs: part(inputs, n), outputs: part(outputs, n), targets: part(targets, n) });
  }
  return { value: tally.value(), answers: tally.answers && [...tally.answers] };
}

const one: TargetForm = { kind: 'class', classes: 2 };

describe('accuracy', () => {
  test('of classes: the first of the largest wins', () => {
    const data = { outputs: [0.1, 0.8, 0.1, 0.4, 0.4, 0.2, 0, 0.2, 0.9], targets: [1, 1, 2] };
    const form: TargetForm = { kind: 'class', classes: 3 };
    expect(score(METRICS.accuracy, form, 3, data)).toEqual({ value: 2 / 3, answers: [1, 0, 2] });
  });
  test('of sigmoids: the share of outputs on the right side of one half', () => {
    const data = { outputs: [0.9, 0.2, 0.6, 0.6], targets: [1, 0, 1, 0] };
    const form: TargetForm = { kind: 'value', shape: [2] };
    expect(score(METRICS.accuracy, form, 2, data)).toEqual({ value: 0.75, answers: [1, 0, 1, 1] });
  });
});

describe('AUC', () => {
  test('is the share of pairs in order, ties half', () => {
    const outputs = [0.1, 0.4, 0.35, 0.8];
    expect(score(METRICS.auc, one, 4, { outputs, targets: [0, 0, 1, 1] }).value).toBe(0.75);
    expect(score(METRICS.auc, one, 4, { outputs: [0.5, 0.5, 0.5, 0.5], targets: [0, 0, 1, 1] }).value).toBe(0.5);
    const two = [0.9, 0.1, 0.6, 0.4, 0.65, 0.35, 0.2, 0.8];
    expect(score(METRICS.auc, one, 4, { outputs: two, targets: [0, 0, 1, 1] }).value).toBe(0.75);
  });
  test('of an autoencoder is by how badly it gives its input back', () => {
    const inputs = [1, 2, 3, 1, 2, 3, 1, 2, 3];
    const outputs = [1, 2, 3, 1, 2, 0, 1, 2, 3.1];
    expect(score(METRICS.auc, one, 3, { inputs, outputs, targets: [0, 1, 0] }).value).toBe(1);
    expect(score(METRICS.auc, one, 3, { inputs, outputs, targets: [1, 0, 0] }).value).toBe(0);
  });
});

test('errors are means over all elements', () => {
  const form: TargetForm = { kind: 'value', shape: [2] };
  const data = { outputs: [1, 2, 3, 4], targets: [1, 4, 0, 4] };
  expect(score(METRICS['mean-squared-error'], form, 2, data).value).toBeCloseTo(13 / 4, 9);
  expect(score(METRICS['mean-absolute-error'], form, 2, data).value).toBeCloseTo(5 / 4, 9);
});

describe('early stopping', () => {
  const settings = { patience: 2, minDelta: 0.01 };
  test('waits for its patience since the last score that was better by minDelta', () => {
    expect(hasConverged([0.5, 0.6, 0.605], settings, true)).toBe(false);
    expect(hasConverged([0.5, 0.6, 0.605, 0.608], settings, true)).toBe(true);
    expect(hasConverged([0.5, 0.6, 0.605, 0.62], settings, true)).toBe(false);
    expect(hasConverged([3, 2, 2, 2], settings, false)).toBe(true);
    expect(hasConverged([3, 2, 1, 0.5], settings, false)).toBe(false);
    expect(hasConverged([1, 1, 1, 1], undefined, true)).toBe(false);
  });
  test('a score that is not a number is no improvement', () => {
    expect(hasConverged([Number.NaN, Number.NaN], settings, true)).toBe(true);
    expect(isBest([], 0.4, true)).toBe(true);
    expect(isBest([0.5], 0.5, true)).toBe(false);
    expect(isBest([0.5], 0.4, false)).toBe(true);
  });
});
