// HDF5 files from bytes in memory, as a plain tree of groups and arrays: it crosses threads, so that a host may read a file
// where a damaged one cannot hold up anything else. The library is 6 MB: most sessions never need it.

import { InputError } from '../errors.ts';

export interface Hdf5Array {
  readonly kind: 'array';
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

export interface Hdf5Group {
  readonly kind: 'group';
  /** In the file's own order. Keras's optimizers and arrays that are no numbers are left out. */
  readonly members: ReadonlyMap<string, Hdf5Group | Hdf5Array>;
  /** Attributes that are a text or a list of texts. */
  readonly attributes: ReadonlyMap<string, string | readonly string[]>;
}

/** Reads and rewrites HDF5: in this thread, or wherever the host does it. Both throw an InputError where the file is broken. */
export interface Hdf5Library {
  read(bytes: Uint8Array, fileName: string): Promise<Hdf5Group>;
  /** A copy of the file with other values in some of its float arrays, by their paths. */
  rewrite(
    bytes: Uint8Array,
    fileName: string,
    arrays: ReadonlyMap<string, Float32Array>,
  ): Promise<Uint8Array<ArrayBuffer>>;
}

/** Paths are separated by `/`; the root is the empty path. */
export interface Hdf5File {
  /** Names in a group; empty where there is no such group. */
  keys(path: string): readonly string[];
  /** A text attribute of a group. */
  text(path: string, name: string): string | null;
  /** An attribute that is a list of texts. Keras splits long ones into `name0`, `name1`, …: they are joined again. */
  texts(path: string, name: string): readonly string[] | null;
  /** A numeric array, converted to float32; null where there is none. */
  array(path: string): Hdf5Array | null;
}

export const isHdf5 = (bytes: Uint8Array): boolean =>
  [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a].every((byte, index) => bytes[index] === byte);

export const damaged = (fileName: string): InputError =>
  new InputError(`${fileName} is not a whole HDF5 file: it is damaged or was cut off. Save or copy it again.`, {
    file: fileName,
  });

/** In the caller's own thread. A damaged file may keep the library busy for ever; a host that cannot wait reads elsewhere. */
export const OWN_THREAD: Hdf5Library = {
  read: async (bytes, fileName) => (await import('./hdf5-library.ts')).readHdf5(bytes, fileName),
  rewrite: async (bytes, fileName, arrays) => (await import('./hdf5-library.ts')).rewriteHdf5(bytes, fileName, arrays),
};

/** The tree by paths. */
export function hdf5File(root: Hdf5Group): Hdf5File {
  const at = (path: string): Hdf5Group | Hdf5Array | undefined => {
    let found: Hdf5Group | Hdf5Array | undefined = root;
    for (const name of path.split('/')) {
      if (name !== '') found = found?.kind === 'group' ? found.members.get(name) : undefined;
    }
    return found;
  };
  const group = (path: string): Hdf5Group | null => {
    const found = at(path);
    return found?.kind === 'group' ? found : null;
  };
  return {
    keys: (path) => [...(group(path)?.members.keys() ?? [])],
    text: (path, name) => {
      const value = group(path)?.attributes.get(name);
      return typeof value === 'string' ? value : null;
    },
    texts: (path, name) => textsOf(group(path)?.attributes ?? new Map(), name),
    array: (path) => {
      const found = at(path);
      return found?.kind === 'array' ? found : null;
    },
  };
}

function textsOf(attributes: Hdf5Group['attributes'], name: string): readonly string[] | null {
  const listed = (value: string | readonly string[]): readonly string[] =>
    typeof value === 'string' ? [value] : value;
  const whole = attributes.get(name);
  if (whole !== undefined) return listed(whole);
  const parts: string[] = [];
  for (let part = 0; ; part++) {
    const value = attributes.get(`${name}${part}`);
    if (value === undefined) return parts.length > 0 ? parts : null;
    parts.push(...listed(value));
  }
}
