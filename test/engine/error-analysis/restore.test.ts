// Restoring layers until the score is back, and bits by layer for a budget, on sensitivities that are known.
import { describe, expect, it } from 'vitest';
import { paretoFront, withinBudget } from '../../../engine/error-analysis/advice.ts';
import type { LayerEffect, Sensitivity } from '../../../engine/error-analysis/report.ts';
import { type Proposal, type RestoreLimits, restoreUntil } from '../../../engine/error-analysis/restore.ts';
import { INT8_SETTINGS, type QuantizationSettings } from '../../../engine/quantization/settings.ts';
import { network } from './network.ts';

const graph = network();

function sensitivity(effects: Readonly<Record<string, Partial<LayerEffect>>>): Sensitivity {
  const full = Object.entries(effects).map(([name, effect]): [string, LayerEffect] => [
    name,
    { restored: 0, alone: 0, restoredSqnr: 20, aloneSqnr: 30, ...effect },
  ]);
  return { images: 1, total: 1, float: 1, quantized: 0.8, effects: Object.fromEntries(full) };
}

const WORST = sensitivity({ first: { restored: 0.01 }, second: { restored: 0.1 }, dense: { restored: 0.04 } });

/** Scores a proposal by the layers that it restores. */
function restore(
  limits: Omit<RestoreLimits, 'floatScore'>,
  score: (proposal: Proposal) => number,
  settings: QuantizationSettings = INT8_SETTINGS,
) {
  const steps = restoreUntil(graph, settings, WORST, { floatScore: 0.9, ...limits });
  const asked: string[][] = [];
  let step = steps.next();
  while (!step.done) {
    asked.push(step.value.restored.map(({ op }) => op));
    step = steps.next(score(step.value));
  }
  return { result: step.value, asked };
}

describe('restoring layers', () => {
  const scoreOf = ({ restored }: Proposal): number => 0.7 + 0.05 * restored.length;

  it('takes the worst first, and no more than are needed', () => {
    const { result, asked } = restore({ maxDrop: 0.11, score: 0.7 }, scoreOf);
    expect(asked).toEqual([['second'], ['second', 'dense']]);
    expect(result.met).toBe(true);
    expect(result.score).toBeCloseTo(0.8);
    expect(result.settings.overrides).toEqual([
      { match: { name: 'second' }, skip: true },
      { match: { name: 'dense' }, skip: true },
    ]);
    expect(result.restored[0].reason).toBe(
      "second gets float: restored alone it regains 10.00 points, and the output's SQNR is then 20.0 dB.",
    );
  });

  it('goes back by halves where it took too many', () => {
    const { result, asked } = restore({ maxDrop: 0.06, score: 0.7 }, scoreOf);
    expect(asked.map((names) => names.length)).toEqual([1, 2, 3]);
    expect(result).toMatchObject({ met: true });
    expect(restore({ maxDrop: 0.3, score: 0.7 }, scoreOf).asked).toEqual([]);
  });

  it('says when all layers together are not enough', () => {
    expect(restore({ maxDrop: 0.01, score: 0.7 }, scoreOf).result).toMatchObject({ met: false, score: 0.85 });
  });

  it('gives 8 bits before float where there were fewer', () => {
    const four: QuantizationSettings = { ...INT8_SETTINGS, weights: { ...INT8_SETTINGS.weights, bits: 4 } };
    const { result } = restore({ maxDrop: 0.16, score: 0.7 }, scoreOf, four);
    expect(result.settings.overrides).toEqual([
      { match: { name: 'second' }, weights: { bits: 8, observer: 'min-max' } },
    ]);
  });
});

describe('advice', () => {
  const at = (bits: number, sqnr: readonly [number, number, number]) => ({
    bits,
    sensitivity: sensitivity({
      first: { aloneSqnr: sqnr[0] },
      second: { aloneSqnr: sqnr[1] },
      dense: { aloneSqnr: sqnr[2] },
    }),
  });
  const front = paretoFront(graph, [at(4, [10, 25, 28]), at(8, [40, 42, 44])]);

  it('takes bits first where they are missed least for their bytes', () => {
    expect(front.map(({ bits }) => Object.values(bits))).toEqual([
      [8, 8, 8],
      [8, 8, 4],
      [8, 4, 4],
      [4, 4, 4],
    ]);
    // 36, 36 and 96 weights.
    expect(front.map(({ bytes }) => bytes)).toEqual([168, 120, 102, 84]);
    for (let i = 1; i < front.length; i++) expect(front[i].sqnr).toBeLessThan(front[i - 1].sqnr);
    expect(front[1].overrides).toEqual([{ match: { name: 'dense' }, weights: { bits: 4 } }]);
  });

  it('finds the best for a budget', () => {
    expect(withinBudget(front, { bytes: 110 })?.bytes).toBe(102);
    expect(withinBudget(front, { sqnr: 20 })?.bytes).toBe(102);
    expect(withinBudget(front, { bytes: 10 })).toBeNull();
  });
});
