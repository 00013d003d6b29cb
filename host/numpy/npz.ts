// NumPy's `.npz`: a zip of `.npy` members. Members are unpacked when they are asked for.

import { zipSync } from 'fflate';
import { InputError } from '../../engine/errors.ts';
import { unzip, zipNames } from '../../engine/importers/zip.ts';
import { displayPath, readBytes } from '../files/files.ts';
import { formatNpy, type NumpyArray, parseNpy } from './npy.ts';

export interface NpzFile {
  readonly path: string;
  /** In the order of the file. */
  readonly names: readonly string[];
  /** Throws an InputError that lists the names for one that is not there. */
  read(name: string): NumpyArray;
}

const LOCAL_HEADER = 0x04034b50;

export function openNpz(path: string): NpzFile {
  const bytes = readBytes(path);
  const file = displayPath(path);
  const whole = <T>(unpack: () => T): T => {
    try {
      if (bytes.length < 4 || new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true) !== LOCAL_HEADER) {
        throw new Error('it is no zip archive');
      }
      return unpack();
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new InputError(`${file} is not a whole .npz file (${why}). Copy or save it again.`, { file: path });
    }
  };
  const names = whole(() => zipNames(bytes))
    .filter((name) => name.endsWith('.npy'))
    .map((name) => name.slice(0, -'.npy'.length));
  if (names.length === 0) throw new InputError(`${file} has no arrays in it.`, { file: path });
  return {
    path,
    names,
    read(name) {
      if (!names.includes(name)) {
        throw new InputError(`${file} has no array named "${name}"; it has ${names.join(', ')}.`, { file: path });
      }
      const member = whole(() => unzip(bytes, (each) => each === `${name}.npy`)).get(`${name}.npy`);
      if (!member) throw new InputError(`${file} is damaged at its array "${name}". Copy or save it again.`);
      return parseNpy(member, `"${name}" in ${file}`);
    },
  };
}

/** A compressed archive; keys are the arrays' names. */
export function formatNpz(arrays: ReadonlyMap<string, NumpyArray>): Uint8Array {
  return zipSync(Object.fromEntries([...arrays].map(([name, array]) => [`${name}.npy`, formatNpy(array)])), {
    level: 6,
  });
}
