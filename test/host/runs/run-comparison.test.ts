// Runs side by side, and differences of texts that are all there and as few as they can be.

import { describe, expect, test } from 'vitest';
import type { ErrorMetrics, LayerError } from '../../../engine/error-analysis/report.ts';
import { diffLines, withContext } from '../../../protocol/line-diff.ts';
import { compareRuns, flattened, type RunToCompare } from '../../../protocol/run-comparison.ts';
import { uniform } from '../../engine/keras/lower/oracle-values.ts';

const metrics = (sqnr: number | null): ErrorMetrics => ({ sqnr, rmseOverScale: 0.3, cosine: 1, bias: 0, maxError: 0 });
const layer = (name: string, local: number | null): LayerError => ({
  name,
  op: 'CONV_2D',
  layers: [name],
  local: metrics(local),
  accumulated: metrics(10),
  saturated: 0,
  rangeUsed: 1,
  scale: 1,
  zeroPoint: 0,
});

function run(id: string, ptq: number, config: object, layers: LayerError[], source: string): RunToCompare {
  return {
    record: {
      version: 1,
      id,
      kind: 'quantize',
      status: 'done',
      started: '2026-01-01T00:00:00.000Z',
      config: '/a.quant.yaml',
      model: 'm.keras',
      target: 'tflite-int8',
      scores: { metric: 'accuracy', title: 'accuracy', higherIsBetter: true, float: 0.9, ptq },
      files: [{ model: 'ptq', file: 'ptq.tflite', bytes: 100 }],
    },
    report: { version: 1, model: 'm', kernels: 'reference', images: 1, layers },
    config: flattened(config),
    sources: { 'model.py': source },
  };
}

test('puts scores, layers, config and source side by side', () => {
  const a = run('a', 0.8, { training: { epochs: 3 }, seed: 1 }, [layer('conv', null), layer('gone', 20)], 'x\ny\n');
  const b = run('b', 0.85, { training: { epochs: 5 }, seed: 1, more: [1, 2] }, [layer('conv', 30)], 'x\nz\n');
  const { metric, results, layers, config, sources } = compareRuns([a, b]);
  expect(metric).toEqual({ name: 'accuracy', title: 'accuracy' });
  expect(results).toEqual([
    { title: 'float', unit: 'score', values: [0.9, 0.9], higherIsBetter: true },
    { title: 'post-training int8', unit: 'score', values: [0.8, 0.85], higherIsBetter: true },
    { title: 'post-training .tflite', unit: 'bytes', values: [100, 100], higherIsBetter: false },
  ]);
  expect(layers).toEqual([
    { name: 'conv', local: [Number.POSITIVE_INFINITY, 30], accumulated: [10, 10] },
    { name: 'gone', local: [20, null], accumulated: [10, null] },
  ]);
  expect(config).toEqual([
    { key: 'training.epochs', values: ['3', '5'] },
    { key: 'more', values: [null, '[1,2]'] },
  ]);
  expect(sources.map(({ file, run, lines }) => [file, run, lines.map(({ kind, text }) => `${kind} ${text}`)])).toEqual([
    ['model.py', 1, ['same x', 'removed y', 'added z']],
  ]);
});

describe('diffLines', () => {
  const lines = (seed: number, count: number): string[] =>
    Array.from(uniform(seed, count), (u) => 'abc'[Math.floor(u * 3)]);

  test('has both texts in it, and the most lines in common', () => {
    for (let seed = 0; seed < 200; seed++) {
      const [a, b] = [lines(seed, 1 + (seed % 9)), lines(seed + 1000, 1 + ((seed * 7) % 9))];
      const diff = diffLines(a.join('\n'), b.join('\n'));
      const of = (other: string) => diff.flatMap(({ kind, text }) => (kind === other ? [] : [text]));
      expect(of('added')).toEqual(a);
      expect(of('removed')).toEqual(b);
      expect(diff.filter(({ kind }) => kind === 'same').length).toBe(longestCommon(a, b));
    }
  });

  test('shows equal lines only about changed ones', () => {
    const before = Array.from({ length: 20 }, (_, i) => `line ${i}`);
    const after = before.with(3, 'new').with(15, 'other');
    const shown = withContext(diffLines(before.join('\n'), after.join('\n')), 1);
    expect(shown.map((line) => (line ? `${line.kind[0]} ${line.text}` : '…'))).toEqual([
      ...['s line 2', 'r line 3', 'a new', 's line 4', '…', 's line 14', 'r line 15', 'a other', 's line 16'],
    ]);
  });
});

/** By its definition, over every subsequence of the shorter text. */
function longestCommon(a: readonly string[], b: readonly string[]): number {
  let best = 0;
  for (let mask = 0; mask < 2 ** a.length; mask++) {
    const chosen = a.filter((_, index) => mask & (1 << index));
    let at = 0;
    for (const line of b) if (line === chosen[at]) at++;
    if (at === chosen.length) best = Math.max(best, at);
  }
  return best;
}
