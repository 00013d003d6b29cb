// HDF5 files that are well-formed and ask for what no file of weights needs: each ends in one sentence, without the memory.

import h5wasm, { FS } from 'h5wasm';
import { expect, test } from 'vitest';
import { OWN_THREAD } from '../../../engine/importers/hdf5.ts';

type Group = InstanceType<typeof h5wasm.Group>;

async function file(fill: (root: Group) => void): Promise<Uint8Array> {
  await h5wasm.ready;
  if (!FS) throw new Error('h5wasm has no file system.');
  const made = new h5wasm.File('limits.h5', 'w');
  fill(made);
  made.close();
  return FS.readFile('limits.h5') as Uint8Array;
}

const REFUSED = 'a.h5 is not a whole HDF5 file: it is damaged or was cut off. Save or copy it again.';

test('an array that is larger than its file can hold', async () => {
  // Nothing was ever written to most of it, so the file is small.
  const bytes = await file((root) => {
    const dataset = root.create_dataset({
      name: 'kernel',
      data: new Float32Array(4),
      shape: [1, 4],
      maxshape: [null, 4],
      chunks: [1024, 4],
    });
    dataset.resize([2 ** 31, 4]);
  });
  expect(bytes.length).toBeLessThan(100_000);
  await expect(OWN_THREAD.read(bytes, 'a.h5')).rejects.toThrow(REFUSED);
});

test('groups that lead in a circle', async () => {
  const bytes = await file((root) => {
    root.create_group('layers');
    root.create_hard_link('/', '/layers/again');
  });
  await expect(OWN_THREAD.read(bytes, 'a.h5')).rejects.toThrow(REFUSED);
});

test('state of an optimizer is not read, layers of its name are', async () => {
  const fill = (root: Group): void => {
    for (const name of ['optimizer', 'model_weights']) {
      root.create_group(name).create_dataset({ name: 'v', data: Float32Array.of(1) });
    }
  };
  const whole = await OWN_THREAD.read(await file(fill), 'a.h5');
  expect([...whole.members.keys()]).toEqual(['model_weights']);
  const weights = await OWN_THREAD.read(
    await file((root) => {
      fill(root);
      root.create_attribute('layer_names', ['optimizer']);
    }),
    'a.h5',
  );
  expect([...weights.members.keys()].sort()).toEqual(['model_weights', 'optimizer']);
});
