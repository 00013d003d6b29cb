// The oracle sweep: models made by the scripts in test/oracles/litert, in the folder that QUANTLENS_SWEEP names, against the
// reference kernels (0 differing integers) and, counted only, against LiteRT's default runtime. See test/oracles/run-sweep.mjs.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openAccelerator } from '../../../host/simulation/accelerator.ts';
import { compare, readCases } from '../litert/cases.ts';

const folder = process.env.QUANTLENS_SWEEP ?? '';
const files = readdirSync(folder).filter((name) => name.endsWith('.jsonl.gz'));

it.each(files)(
  '%s',
  (file) => {
    const accelerator = openAccelerator();
    const cases = readCases(join(folder, file)).filter(({ error }) => error === undefined);
    const outcomes = cases.map((test) => compare(test, 'reference', undefined, accelerator));
    const compared = outcomes.reduce((total, outcome) => total + outcome.compared, 0);
    const others = cases.filter(({ defaultError }) => defaultError === undefined);
    const equal = others.filter((test) => {
      const { differing, stopped } = compare(test, 'xnnpack', undefined, accelerator);
      return differing === 0 && stopped === undefined;
    }).length;
    const largest = Math.max(...outcomes.map(({ floatError }) => floatError));
    console.log(
      `${file}: ${cases.length} models, ${compared} bytes, largest float error ${largest.toExponential(1)}; ` +
        `xnnpack set: all outputs equal in ${equal} of ${others.length} models`,
    );
    expect(outcomes.filter(({ differing, stopped }) => differing > 0 || stopped !== undefined)).toEqual([]);
  },
  1_200_000,
);
