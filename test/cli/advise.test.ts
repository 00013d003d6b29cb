// What each layer costs, and mixes of bits that keep to a budget, from the command line: measured, kept in the run, written
// as a config that quantizes.
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import type { AdvicePoint } from '../../engine/error-analysis/advice-report.ts';
import type { ErrorReport } from '../../engine/error-analysis/report.ts';
import { json, quantlens } from './quantlens.ts';
import { DIGITS, smallConfig, smallData } from './small-data.ts';

const small = smallData();
const { folder } = small;
small.npz('small.npz');
// The example's weights are its initial ones: a short training gives the layers something to lose.
const TRAINING = 'floatTraining: { epochs: 3, learningRate: 3e-3, batch: 32 }\n';
small.config('small.quant.yaml', `# mine\n${smallConfig(join(DIGITS, 'digits.keras'), 'small.npz', TRAINING)}`);

let run: string;
beforeAll(() => {
  run = (json(quantlens(folder, 'quantize', 'small.quant.yaml', '--json')) as { run: string }).run;
}, 120_000);

const reportOf = (): ErrorReport => JSON.parse(readFileSync(join(run, 'report.json'), 'utf8'));

test('inspect --sensitivity adds what each layer costs to the report, once', () => {
  expect(reportOf().sensitivity).toBeUndefined();
  const first = quantlens(folder, 'inspect', run, '--sensitivity');
  expect(first.code).toBe(0);
  expect(first.stdout).toContain('regained in float');
  const { layers, sensitivity } = reportOf();
  expect(sensitivity).toMatchObject({ images: 64, total: 64 });
  expect(layers.filter(({ effect }) => effect).length).toBeGreaterThan(5);
  // Known by now: nothing is measured again.
  expect(quantlens(folder, 'inspect', run, '--sensitivity').stderr).toBe('');
}, 60_000);

test('advise takes the smallest mix that keeps to a budget and writes it as a config that quantizes', () => {
  const written = join(folder, 'fewer.quant.yaml');
  const result = quantlens(folder, 'advise', run, '--min-sqnr', '20', '--write', 'fewer.quant.yaml', '--json');
  expect(result.stderr).toMatch(/weights of 2 bits/);
  const { points, taken } = json(result) as { points: AdvicePoint[]; taken: AdvicePoint };
  expect(points.length).toBeGreaterThan(5);
  const bytes = points.map((point) => point.bytes);
  expect(bytes).toEqual(bytes.toSorted((a, b) => b - a));
  expect(taken.sqnr).toBeGreaterThanOrEqual(20);
  expect(points.filter((point) => point.sqnr >= 20 && point.bytes < taken.bytes)).toEqual([]);
  const text = readFileSync(written, 'utf8');
  expect(text.startsWith('# mine\n')).toBe(true);
  expect(text.match(/bits: [42]/g)?.length).toBe(taken.overrides.length);
  // Advice leaves the effects in the report.
  expect(reportOf().sensitivity).toBeDefined();
  const smaller = json(quantlens(folder, 'quantize', 'fewer.quant.yaml', '--json')) as { run: string };
  const size = (of: string): number => readFileSync(join(of, 'ptq.tflite')).length;
  expect(size(smaller.run)).toBeLessThan(size(run));
}, 120_000);

test('a budget that no mix keeps to, two of them, and a folder apart end in one sentence', () => {
  const say = (...flags: string[]): string => {
    const { code, stderr } = quantlens(folder, 'advise', run, ...flags);
    expect(code).not.toBe(0);
    expect(stderr).not.toMatch(/\n\s+at /);
    return stderr;
  };
  expect(say('--max-size', '0.1')).toMatch(
    /No mix of 8, 4 and 2 bits keeps to this: the smallest mix has .+ of weights\./,
  );
  expect(say('--max-size', '4', '--min-sqnr', '20')).toContain('not several');
  expect(say('--max-size', 'much')).toContain('"much" is not a number');
  expect(say('--write', 'x.quant.yaml')).toContain('Nothing says which mix to write');
  expect(say('--max-size', '100', '--write', '/elsewhere.quant.yaml')).toMatch(/write the new one there, too/);
}, 60_000);

test('details and advice that are damaged are left out; the report stands without them', () => {
  expect(existsSync(join(run, 'details.json'))).toBe(true);
  writeFileSync(join(run, 'details.json'), '{"version":1,"lay');
  writeFileSync(join(run, 'advice.json'), '{"version":2,"points":[]}');
  const { code, stderr } = quantlens(folder, 'advise', run);
  expect(code).not.toBe(0);
  expect(stderr).toContain('is not the advice of this version');
  rmSync(join(run, 'advice.json'));
  expect(quantlens(folder, 'inspect', run).code).toBe(0);
}, 60_000);
