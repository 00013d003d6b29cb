// Run folders: whole files or none, and records that survive a kill.

import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../../engine/config/parse.ts';
import { createRun, listRuns, openRun, readEvents } from '../../../host/runs/run-folder.ts';

const config = parseConfig('model: nets/digits.keras', 'a.quant.yaml').config;
if (!config) throw new Error('The config of the test is wrong.');
const NEW = { kind: 'train', config: '/a.quant.yaml', model: 'nets/digits.keras', target: 'tflite-int8' } as const;
const root = () => mkdtempSync(join(tmpdir(), 'quantlens-runs-'));

describe('a run folder', () => {
  test('is named by time and model, and never shared', () => {
    const here = root();
    const ids = [1, 2, 3].map(() => createRun(here, NEW, config).id);
    expect(ids[0]).toMatch(/^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-digits$/);
    expect(new Set(ids).size).toBe(3);
    expect(readFileSync(join(here, '.quantlens', '.gitignore'), 'utf8')).toBe('*\n');
  });

  test('opens by id and by path', () => {
    const here = root();
    const run = createRun(here, NEW, config);
    run.writeModel('ptq', Uint8Array.of(1, 2, 3));
    run.update({ status: 'done' });
    for (const name of [run.id, run.path]) {
      expect(openRun(here, name).record).toMatchObject({
        status: 'done',
        model: 'nets/digits.keras',
        files: [{ model: 'ptq', file: 'ptq.tflite', bytes: 3 }],
      });
    }
    expect(JSON.parse(readFileSync(join(run.path, 'config.json'), 'utf8'))).toEqual(JSON.parse(JSON.stringify(config)));
    expect(() => openRun(here, 'other')).toThrow(
      new RegExp(`There is no run "other" in .*The last runs are ${run.id}`),
    );
    expect(readdirSync(run.path).filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  test('keeps the name that it is given while its job writes', () => {
    const here = root();
    const job = createRun(here, NEW, config);
    openRun(here, job.id).update({ label: 'my run' });
    job.update({ status: 'done' });
    expect(openRun(here, job.id).record).toMatchObject({ label: 'my run', status: 'done' });
  });

  test('reads its events up to where a kill cut them', () => {
    const run = createRun(root(), NEW, config);
    run.log({ kind: 'warning', message: 'a' });
    appendFileSync(join(run.path, 'events.jsonl'), '{"kind":"warn');
    expect(readEvents(run.path)).toEqual([{ kind: 'warning', message: 'a' }]);
  });

  test('that is damaged or of a newer version says so and hides no other', () => {
    const here = root();
    const [whole, torn, newer] = [1, 2, 3].map(() => createRun(here, NEW, config));
    writeFileSync(join(torn.path, 'run.json'), '{"version": 1, ');
    writeFileSync(join(newer.path, 'run.json'), '{"version": 2, "files": []}');
    expect(() => openRun(here, torn.id)).toThrow(/run\.json is damaged/);
    expect(() => openRun(here, newer.id)).toThrow(/newer version of QuantLens/);
    expect(listRuns(here).map(({ id }) => id)).toEqual([whole.id]);
  });
});

test('where no run can be kept, the reason is the system’s own', () => {
  const here = root();
  writeFileSync(join(here, '.quantlens'), '');
  expect(() => createRun(here, NEW, config)).toThrow(
    /runs cannot be made: a part of its path is a file\. Runs are kept there: start in a folder that you can write to\.$/,
  );
});

describe.skipIf(!existsSync('/dev/full'))('a full disk', () => {
  test('is one sentence, and what was there stays', () => {
    const run = createRun(root(), NEW, config);
    const before = readFileSync(join(run.path, 'run.json'), 'utf8');
    // The unfinished file is a device that the kernel says is full.
    symlinkSync('/dev/full', join(run.path, `run.json.${process.pid}.part`));
    expect(() => run.update({ status: 'done' })).toThrow(
      /run\.json cannot be written: the disk is full; free some space and run it again\. What was there before is unchanged\.$/,
    );
    expect(readFileSync(join(run.path, 'run.json'), 'utf8')).toBe(before);
    run.update({ status: 'done' });
    expect(openRun(run.path, run.path).record.status).toBe('done');
  });
});
