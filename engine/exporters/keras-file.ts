// A copy of the user's own Keras file (.h5, .keras, .weights.h5) with other values in it: everything else stays as it was.

import { unzipSync, zipSync } from 'fflate';
import { InputError } from '../errors.ts';
import { type Hdf5Library, isHdf5, OWN_THREAD } from '../importers/hdf5.ts';
import type { KerasWeights } from '../keras/model.ts';

const WEIGHTS = 'model.weights.h5';

/** `weights` are those that were read from the file, with their places in it and values of their own. */
export async function writeKerasFile(
  template: Uint8Array,
  fileName: string,
  weights: KerasWeights,
  hdf5: Hdf5Library = OWN_THREAD,
): Promise<Uint8Array> {
  const arrays = new Map<string, Float32Array>();
  for (const list of weights.values()) {
    // A scalar is a count of samples, which training leaves alone.
    for (const { place, data, shape } of list) if (place !== undefined && shape.length > 0) arrays.set(place, data);
  }
  if (isHdf5(template)) return hdf5.rewrite(template, fileName, arrays);
  const entries = unzipSync(template);
  if (!entries[WEIGHTS]) {
    throw new InputError(`${fileName} holds no weights, so there is no place in it for trained ones.`, {
      file: fileName,
    });
  }
  return zipSync({ ...entries, [WEIGHTS]: await hdf5.rewrite(entries[WEIGHTS], fileName, arrays) }, { level: 0 });
}
