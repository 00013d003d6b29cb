// Damaged model files: each of many mutations, seeded, ends in a model or in one sentence about the file, and quickly.
// HDF5 is read in its own thread, as by the programs: some of these files keep its library busy for ever.
// QUANTLENS_MUTATIONS sets how many of each file (100 by default; 2000 in a sweep).

import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../../engine/errors.ts';
import { openModel, openWeights } from '../../../engine/importers/open-model.ts';
import { lower } from '../../../engine/keras/lower/lower.ts';
import { hdf5InThread } from '../../../host/models/hdf5-thread.ts';
import { uniform } from '../../engine/keras/lower/oracle-values.ts';

const ROOT = join(import.meta.dirname, '../../..');
const THREAD = join(mkdtempSync(join(tmpdir(), 'quantlens-hdf5-')), 'hdf5-worker.mjs');
await build({
  entryPoints: [join(ROOT, 'host/models/hdf5-worker.ts')],
  outfile: THREAD,
  bundle: true,
  platform: 'node',
  format: 'esm',
  logLevel: 'error',
});
const hdf5 = hdf5InThread(THREAD);

const MUTATIONS = Number(process.env.QUANTLENS_MUTATIONS ?? 100);
const FOLDER = join(import.meta.dirname, '../../oracles/keras/model-files');
const FILES = ['nested-keras2.h5', 'recurrent-keras3.keras', 'branches-keras2.json', 'nested-keras3.json'];
const JSON_FILES = ['branches-keras2.json', 'nested-keras3.json', 'recurrent-keras2.json', 'sequential-keras3.json'];
/**
 * Longest time for one damaged file, ms: an editor waits for it. Processor time, of all threads: beside other work on the machine
 * the clock says nothing about the file, and a library that gets nowhere computes.
 */
const LONGEST = 3000;

function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Bytes changed, cut off, repeated or taken out, by seed. */
function mutated(bytes: Uint8Array, seed: number): Uint8Array {
  const random = uniform(seed * 7919 + 1, 64);
  const at = (index: number) => Math.floor(random[index] * bytes.length);
  const kind = Math.floor(random[0] * 4);
  if (kind === 0) return bytes.slice(0, at(1));
  const result = bytes.slice();
  if (kind === 1) {
    for (let n = 0; n < 1 + Math.floor(random[1] * 20); n++) result[at(n + 2)] = Math.floor(random[n + 30] * 256);
    return result;
  }
  const from = at(2);
  const size = Math.floor(random[3] * 64);
  if (kind === 2) return new Uint8Array([...result.subarray(0, from), ...result.subarray(from + size)]);
  result.copyWithin(at(4), from, Math.min(bytes.length, from + size));
  return result;
}

const OTHER: readonly unknown[] = [null, '', 'x', -1, 0, 0.5, 2 ** 40, true, [], {}, [null], [[1, 2], 3], [[]]];

/** A JSON with one or two of its values replaced or left out, by seed. */
function withOtherValue(json: unknown, seed: number): unknown {
  const places: (readonly [object: Record<string, unknown>, key: string])[] = [];
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, inner] of Object.entries(value)) {
      places.push([value as Record<string, unknown>, key]);
      visit(inner);
    }
  };
  visit(json);
  const random = uniform(seed * 104_729 + 3, 6);
  for (let n = 0; n < 1 + Math.floor(random[0] * 2); n++) {
    const [object, key] = places[Math.floor(random[1 + n] * places.length)];
    const choice = Math.floor(random[3 + n] * (OTHER.length + 1));
    if (choice < OTHER.length) object[key] = structuredClone(OTHER[choice]);
    else if (Array.isArray(object)) object.splice(Number(key), 1);
    else delete object[key];
  }
  return json;
}

/** What a command does with a file: opens it, gives its weights to a model, lowers it. */
async function use(bytes: Uint8Array, name: string): Promise<void> {
  const opened = await openModel(bytes, name, hdf5);
  if (opened.kind !== 'keras') return;
  const { model, weights } = opened;
  if (model.complete) lower(model, weights);
  else lower(model, undefined, { unsupported: 'keep' });
}

async function problemOf(action: () => Promise<unknown>): Promise<string | null> {
  const start = processorTime();
  try {
    await action();
  } catch (error) {
    if (!(error instanceof InputError)) return `${error instanceof Error ? error.stack : String(error)}`;
    if (!/^[^\n]*[.”"]$/.test(error.message)) return `not a sentence: ${error.message}`;
  }
  const time = processorTime() - start;
  return time > LONGEST ? `took ${Math.round(time)} ms` : null;
}

describe('damaged models', () => {
  it.each(FILES)('%s', { timeout: 600_000 }, async (name) => {
    const bytes = Uint8Array.from(readFileSync(join(FOLDER, name)));
    for (let seed = 0; seed < MUTATIONS; seed++) {
      const problem = await problemOf(() => use(mutated(bytes, seed), name));
      expect(problem, `mutation ${seed}`).toBeNull();
    }
    // The files before have left nothing behind.
    await expect(openModel(bytes, name, hdf5)).resolves.toMatchObject({ model: { complete: true } });
  });

  it.each(JSON_FILES)('%s with other values in its JSON', { timeout: 600_000 }, async (name) => {
    const text = readFileSync(join(FOLDER, name), 'utf8');
    for (let seed = 0; seed < 4 * MUTATIONS; seed++) {
      const bytes = new TextEncoder().encode(JSON.stringify(withOtherValue(JSON.parse(text), seed)));
      expect(await problemOf(() => use(bytes, name)), `seed ${seed}`).toBeNull();
    }
  });

  it('nested-keras3.weights.h5, as weights', { timeout: 600_000 }, async () => {
    const name = 'nested-keras3.weights.h5';
    const bytes = Uint8Array.from(readFileSync(join(FOLDER, name)));
    const opened = await openModel(readFileSync(join(FOLDER, 'nested-keras3.json')), 'nested.json');
    if (opened.kind !== 'keras') throw new Error('no model');
    for (let seed = 0; seed < MUTATIONS; seed++) {
      const problem = await problemOf(() => openWeights(mutated(bytes, seed), name, opened.model, hdf5));
      expect(problem, `mutation ${seed}`).toBeNull();
    }
  });

  it.each(['.h5', '.keras', '.json'])('random bytes as %s', async (ending) => {
    for (let seed = 0; seed < MUTATIONS; seed++) {
      const bytes = Uint8Array.from(uniform(seed, 1 + seed * 7), (u) => Math.floor(u * 256));
      expect(await problemOf(() => use(bytes, `random${ending}`)), `seed ${seed}`).toBeNull();
    }
  });
});
