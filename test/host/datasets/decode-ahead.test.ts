// Images decoded ahead by a thread are those that are decoded where they are needed, whether they have come or not.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { encode } from 'fast-png';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { decodeAhead } from '../../../host/datasets/decode-ahead.ts';
import { loadImage } from '../../../host/datasets/image.ts';
import { openDataset } from '../../../host/datasets/open-dataset.ts';

const COUNT = 12;
const SIZE = { height: 9, width: 7, channels: 3, resize: 'bilinear' } as const;

let folder: string;
let files: string[];
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'quantlens-images-'));
  mkdirSync(join(folder, 'a'));
  files = Array.from({ length: COUNT }, (_, index) => {
    const file = join(folder, 'a', `${String(index).padStart(2, '0')}.png`);
    const data = Uint8Array.from({ length: 10 * 8 * 3 }, (_, i) => (i * (index + 3)) % 251);
    writeFileSync(file, encode({ width: 8, height: 10, channels: 3, data }));
    return file;
  });
});
afterAll(() => rmSync(folder, { recursive: true }));

it('gives the pixels of the files that it was asked for', { timeout: 30_000 }, async () => {
  const ahead = decodeAhead({ files, ...SIZE });
  expect(ahead, 'dist/decode-worker.mjs: npm run build').not.toBeNull();
  let pixels: Uint8Array | undefined;
  // What is taken before it has come is not sent any more: ask again, and wait longer.
  for (let wait = 50; pixels === undefined; wait *= 2) {
    ahead!.request([3, 5]);
    await setTimeout(wait);
    pixels = ahead!.take(5);
  }
  expect(pixels).toEqual(loadImage(files[5], SIZE));
  expect(ahead!.take(7)).toBeUndefined();
});

it('changes no sample', { timeout: 30_000 }, async () => {
  const use = {
    folder,
    inputShape: [9, 7, 3],
    target: { kind: 'class', classes: 2 },
    preprocessing: { scale: 1 / 255, offset: 0 },
  } as const;
  const read = async (isAhead: boolean): Promise<Float32Array> => {
    const dataset = openDataset({ path: '.', resize: 'bilinear' }, use as never);
    const [inputs, targets] = [new Float32Array(COUNT * 9 * 7 * 3), new Float32Array(COUNT)];
    const indices = Uint32Array.from({ length: COUNT }, (_, i) => (i * 5) % COUNT);
    if (isAhead) {
      dataset.expect?.(indices);
      // Some have come then, others not.
      await setTimeout(60);
    }
    dataset.read(indices, inputs, targets);
    return inputs;
  };
  expect(await read(true)).toEqual(await read(false));
});
