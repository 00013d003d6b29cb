// HDF5 files from bytes in memory, as a small tree of groups and arrays. The library is 6 MB: most sessions never need it.

export interface Hdf5Array {
  readonly shape: readonly number[];
  readonly data: Float32Array;
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

const library = () => import('./hdf5-library.ts');

/** Opens the bytes, lets `read` take what it needs, and closes. Throws an InputError where the file is broken. */
export const withHdf5 = async <T>(bytes: Uint8Array, fileName: string, read: (file: Hdf5File) => T): Promise<T> =>
  (await library()).withHdf5(bytes, fileName, read);

/** A copy of the file with other values in some of its float arrays, by their paths. Throws an InputError as `withHdf5`. */
export const rewriteHdf5 = async (
  bytes: Uint8Array,
  fileName: string,
  arrays: ReadonlyMap<string, Float32Array>,
): Promise<Uint8Array> => (await library()).rewriteHdf5(bytes, fileName, arrays);
