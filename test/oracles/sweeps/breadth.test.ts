// From source to int8: each network and layer of breadth/models.py is derived, given weights, quantized and written; LiteRT runs
// the file by its reference kernels and by default, and every tensor and output is the simulator's. What has no int8 form says so.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { InputError } from '../../../engine/errors.ts';
import { INT8_SETTINGS } from '../../../engine/quantization/settings.ts';
import { openAccelerator } from '../../../host/simulation/accelerator.ts';
import { derive } from '../../engine/keras/evaluate/derive.ts';
import { convert } from '../breadth/convert.ts';
import { compare, readCases } from '../litert/cases.ts';

const SOURCE = join(import.meta.dirname, '../breadth/models.py');
const SCRIPT = join(import.meta.dirname, '../litert/model_files.py');
const python = process.env.QUANTLENS_PYTHON ?? 'python3';
/** Layers that cannot become int8, and what is said of each. */
const REFUSED: Readonly<Record<string, RegExp>> = {
  layer_thresholded: /threshold 0\.5 makes it jump/,
  layer_dot_attention: /a product of two activations has no int8 lowering/,
  layer_multi_head: /attention stays in float/,
  layer_space_to_depth: /a Lambda is Python code/,
  layer_group_norm: /its statistics are of each image/,
};
/** Operators that the reference resolver lacks. */
const DEFAULT_ONLY = ['layer_elu', 'layer_selu'];

const text = readFileSync(SOURCE, 'utf8');
const names = [...text.matchAll(/^def (\w+)\((?:size=\d+.*)?\):/gm)].map(([, name]) => name);
const folder = mkdtempSync(join(tmpdir(), 'quantlens-breadth-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function quantized(name: string): Promise<Uint8Array> {
  const { models } = await derive(text, { path: SOURCE, entry: `${name}()` });
  expect(models.at(-1)?.complete, `${name} is derived whole`).toBe(true);
  return convert(models.at(-1)!, INT8_SETTINGS).tflite;
}

describe('from source to int8', () => {
  it(`${names.length} networks and layers`, { timeout: 600_000 }, async () => {
    const files: string[] = [];
    for (const name of names.filter((each) => !(each in REFUSED))) {
      files.push(join(folder, `${name}.tflite`));
      writeFileSync(files.at(-1)!, await quantized(name));
    }
    const out = join(folder, 'cases.jsonl.gz');
    execFileSync(python, [SCRIPT, out, ...files], { stdio: ['ignore', 'inherit', 'ignore'] });
    const accelerator = openAccelerator();
    const cases = readCases(out);
    expect(cases.length).toBe(files.length);
    expect(cases.filter(({ error, name }) => error !== undefined && !DEFAULT_ONLY.includes(name))).toEqual([]);
    const outcomes = cases.flatMap((test) => [
      compare(test, 'reference', undefined, accelerator),
      compare(test, 'xnnpack', undefined, accelerator),
    ]);
    const bytes = outcomes.reduce((total, { compared }) => total + compared, 0);
    console.log(`${cases.length} networks and layers from source, ${bytes} bytes compared`);
    expect(outcomes.filter(({ differing, stopped }) => differing > 0 || stopped !== undefined)).toEqual([]);
  });

  it.each(Object.entries(REFUSED))('%s is refused in one sentence', async (name, message) => {
    const error = await quantized(name).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(InputError);
    expect((error as InputError).message).toMatch(message);
  });
});
