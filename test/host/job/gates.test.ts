// Gates at, above and below their limits, of scores where more is better and of errors.

import { expect, test } from 'vitest';
import { gateResults, type Measured } from '../../../host/job/gates.ts';
import type { MetricScores } from '../../../protocol/job-events.ts';

const accuracy: MetricScores = {
  metric: 'accuracy',
  title: 'accuracy',
  higherIsBetter: true,
  float: 0.9,
  ptq: 0.88,
  qat: { int8: 0.895, fakeQuant: 0.8975 },
};
const error: MetricScores = {
  metric: 'mean-squared-error',
  title: 'mean squared error',
  higherIsBetter: false,
  float: 0.1,
  ptq: 0.14,
};
const trained: Measured = { scores: accuracy, equalAnswers: 0.98, bytes: 10_240, isTrained: true };
const met = (gates: Parameters<typeof gateResults>[0], measured: Measured) =>
  gateResults(gates, measured).map(({ name, met }) => [name, met]);

test('the trained model is held to its gates', () => {
  expect(
    gateResults(
      { maxDrop: 0.25, worstScore: 0.89, maxParityGap: 0.3, minEqualAnswers: 0.99, maxFileSize: 10 },
      trained,
    ),
  ).toEqual([
    {
      name: 'maxDrop',
      limit: 0.25,
      value: expect.closeTo(0.5),
      met: false,
      message:
        '`gates.maxDrop` is missed: the int8 model loses 0.5 points of accuracy against float; 0.25 points of accuracy may be lost.',
    },
    {
      name: 'worstScore',
      limit: 0.89,
      value: 0.895,
      met: true,
      message: '`gates.worstScore` is met: the int8 model has 89.50 % accuracy; 89.00 % is the least allowed.',
    },
    { name: 'maxParityGap', limit: 0.3, value: expect.closeTo(0.25), met: true, message: expect.any(String) },
    {
      name: 'minEqualAnswers',
      limit: 0.99,
      value: 0.98,
      met: false,
      message:
        "`gates.minEqualAnswers` is missed: the int8 model gives the fake-quantized one's answer on 98 % of the validation samples; 99 % of the validation samples is the least allowed.",
    },
    { name: 'maxFileSize', limit: 10, value: 10, met: true, message: expect.any(String) },
  ]);
});

test('an error may rise by its own unit', () => {
  const measured: Measured = { scores: error, bytes: 1, isTrained: false };
  expect(met({ maxDrop: 0.05, worstScore: 0.13 }, measured)).toEqual([
    ['maxDrop', true],
    ['worstScore', false],
  ]);
  expect(met({ maxDrop: 0.03, worstScore: 0.15 }, measured)).toEqual([
    ['maxDrop', false],
    ['worstScore', true],
  ]);
});

test('what post-training has nothing to compare with is left out, what cannot be measured is missed', () => {
  const untrained: Measured = { scores: { ...accuracy, qat: undefined }, bytes: 1, isTrained: false };
  expect(met({ maxParityGap: 1, minEqualAnswers: 0.5, maxDrop: 2.5 }, untrained)).toEqual([['maxDrop', true]]);
  expect(gateResults({ maxDrop: 1 }, { bytes: 1, isTrained: true })).toEqual([
    {
      name: 'maxDrop',
      limit: 1,
      value: null,
      met: false,
      message: '`gates.maxDrop` cannot be measured: the config names no `data.validation`.',
    },
  ]);
});
