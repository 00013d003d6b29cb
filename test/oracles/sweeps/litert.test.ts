// The oracle sweep: models made by the scripts in test/oracles/litert, in the folder that QUANTLENS_SWEEP names, against the
// runtimes that made them; and written again by our exporter, run by LiteRT once more. See test/oracles/run-sweep.mjs.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { writeTfliteModel } from '../../../engine/exporters/tflite.ts';
import { readTflite } from '../../../engine/importers/tflite.ts';
import type { KernelSetName } from '../../../engine/simulator/kernel-sets.ts';
import { openAccelerator } from '../../../host/simulation/accelerator.ts';
import { TOLERANCE } from '../../tolerances.ts';
import { type Case, compare, modelBytes, type Outcome, readCases } from '../litert/cases.ts';

const folder = process.env.QUANTLENS_SWEEP ?? '';
const python = process.env.QUANTLENS_PYTHON ?? 'python3';
const scripts = join(import.meta.dirname, '../litert');
const files = readdirSync(folder).filter((name) => name.endsWith('.jsonl.gz'));
const accelerator = openAccelerator();

const open = (file: string): Case[] => readCases(join(folder, file)).filter(({ error }) => error === undefined);
const failed = ({ differing, stopped }: Outcome): boolean => differing > 0 || stopped !== undefined;

/** Runs all and says how it went. */
function sweep(file: string, kernels: KernelSetName, cases: readonly Case[]): Outcome[] {
  const outcomes = cases.map((test) => compare(test, kernels, undefined, accelerator));
  const compared = outcomes.reduce((total, outcome) => total + outcome.compared, 0);
  const largest = Math.max(...outcomes.map(({ floatError }) => floatError));
  const bad = outcomes.filter(failed);
  console.log(
    `${file}, ${kernels}: ${cases.length - bad.length} of ${cases.length} models equal, ${compared} bytes, largest float error ${largest.toExponential(1)}`,
  );
  return bad;
}

describe.each(files.filter((file) => !file.startsWith('micro-')))('%s', (file) => {
  const cases = open(file);
  it('every tensor is that of the reference kernels', { timeout: 600_000 }, () => {
    expect(sweep(file, 'reference', cases)).toEqual([]);
  });

  it("outputs are those of LiteRT's default runtime", { timeout: 600_000 }, () => {
    const others = cases.filter(({ defaultError }) => defaultError === undefined);
    const bad = sweep(file, 'xnnpack', others);
    console.log(bad.map(({ name, differing, tensor }) => `  ${name}: ${differing} bytes, ${tensor}`).join('\n'));
    expect(1 - bad.length / others.length).toBeGreaterThanOrEqual(TOLERANCE.xnnpackModels);
  });

  it('written again, LiteRT runs them to the same bits', { timeout: 600_000 }, () => {
    const exported = cases.map((test) => {
      const read = readTflite(modelBytes(test));
      const model = Buffer.from(writeTfliteModel(read)).toString('base64');
      // Handles of variables have no meaning outside the run that gave them.
      const handles = read.subgraphs[0].ops
        .filter(({ kind }) => kind === 'VAR_HANDLE')
        .flatMap(({ outputs }) => outputs);
      return JSON.stringify({ name: test.name, model, handles });
    });
    const [models, result] = [join(folder, `${file}.exported`), join(folder, `${file}.json`)];
    writeFileSync(models, gzipSync(exported.join('\n')));
    execFileSync(python, [join(scripts, 'exported_runs.py'), join(folder, file), models, result], {
      stdio: ['ignore', 'inherit', 'ignore'],
    });
    const rows = JSON.parse(readFileSync(result, 'utf8')) as { name: string; compared?: number; differing?: number }[];
    console.log(`${file}, written again: ${rows.length} models run by LiteRT`);
    expect(rows.filter(({ differing }) => differing !== 0)).toEqual([]);
  });
});

it.each(files.filter((file) => file.startsWith('micro-')))('%s', { timeout: 600_000 }, (file) => {
  // The runtime leaves the code with which SPACE_TO_BATCH_ND pads unset, and takes an int16 model that LiteRT reads otherwise.
  const bad = sweep(file, 'tflite-micro', open(file));
  expect(bad.filter(({ name }) => !name.startsWith('SPACE_TO_BATCH_ND'))).toEqual([]);
});
