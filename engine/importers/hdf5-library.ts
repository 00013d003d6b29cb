// What `hdf5.ts` does, by the HDF5 library itself (h5wasm): imported when a file is first opened.

import h5wasm, { type Dataset, FS, Group } from 'h5wasm';
import { InputError } from '../errors.ts';
import type { Hdf5Array, Hdf5File } from './hdf5.ts';

/** Opens the bytes, lets `read` take what it needs, and closes. Throws an InputError where the file is broken. */
export const withHdf5 = <T>(bytes: Uint8Array, fileName: string, read: (file: Hdf5File) => T): Promise<T> =>
  inMemory(bytes, (name) => {
    try {
      return withOpen(name, fileName, read);
    } catch (error) {
      // What a damaged file opened before left in the library may trap: it does so once.
      if (!isTrap(error)) throw error;
      return withOpen(name, fileName, read, true);
    }
  });

/** A copy of the file with other values in some of its float arrays, by their paths. Throws an InputError as `withHdf5`. */
export const rewriteHdf5 = (
  bytes: Uint8Array,
  fileName: string,
  arrays: ReadonlyMap<string, Float32Array>,
): Promise<Uint8Array> =>
  inMemory(bytes, (name, files) => {
    const file = new h5wasm.File(name, 'a');
    try {
      for (const [place, values] of arrays) rewriteArray(file, place, values, fileName);
    } finally {
      file.close();
    }
    return files.readFile(name);
  });

/** The library's WebAssembly has run into its own end. */
const isTrap = (error: unknown): boolean => error instanceof Error && error.name === 'RuntimeError';

let opened = 0;
let quiet = false;

/** Runs `use` on the bytes as a file of the library's own file system. */
async function inMemory<T>(bytes: Uint8Array, use: (name: string, files: NonNullable<typeof FS>) => T): Promise<T> {
  const library = await h5wasm.ready;
  // Without it the library prints its stack of errors to the terminal.
  if (!quiet) library.activate_throwing_error_handler();
  quiet = true;
  if (!FS) throw new Error('h5wasm has no file system.');
  const name = `quantlens-${opened++}.h5`;
  FS.writeFile(name, bytes);
  try {
    return use(name, FS);
  } finally {
    FS.unlink(name);
  }
}

function rewriteArray(file: Group, place: string, values: Float32Array, fileName: string): void {
  const found = file.get(place);
  const dataset = found && 'dtype' in found && !(found instanceof Group) ? (found as Dataset) : null;
  // In the letters of Python's struct: a little-endian float32.
  if (dataset?.dtype !== '<f' || dataset.shape?.length === 0) {
    throw new InputError(
      `${fileName}: "${place}" is ${dataset ? `of the type ${String(dataset.dtype)}` : 'not there'}; only float32 weights can be written back.`,
      { file: fileName },
    );
  }
  dataset.write_slice(
    (dataset.shape ?? []).map((size) => [0, size]),
    values,
  );
}

function withOpen<T>(name: string, fileName: string, read: (file: Hdf5File) => T, isRetry = false): T {
  const damaged = () =>
    new InputError(`${fileName} is not a whole HDF5 file: it is damaged or was cut off. Save or copy it again.`, {
      file: fileName,
    });
  let file: InstanceType<typeof h5wasm.File> | null = null;
  try {
    file = new h5wasm.File(name, 'r');
    // A broken file opens without an id; only reading it says so.
    file.keys();
    return read(treeOf(file));
  } catch (error) {
    if (error instanceof InputError || (isTrap(error) && !isRetry)) throw error;
    throw damaged();
  } finally {
    close(file);
  }
}

/** The library may trap on what a damaged file left behind; the error that is under way says more. */
function close(file: InstanceType<typeof h5wasm.File> | null): void {
  try {
    file?.close();
  } catch {}
}

function treeOf(file: Group): Hdf5File {
  const at = (path: string) => (path === '' ? file : file.get(path));
  const group = (path: string): Group | null => {
    const found = at(path);
    return found instanceof Group ? found : null;
  };
  return {
    keys: (path) => group(path)?.keys() ?? [],
    text: (path, name) => {
      const value = group(path)?.attrs[name]?.value;
      return typeof value === 'string' ? value : null;
    },
    texts: (path, name) => {
      const attributes = group(path)?.attrs ?? {};
      const whole = attributes[name];
      if (whole) return textList(whole.value);
      const parts: string[] = [];
      for (let part = 0; attributes[`${name}${part}`]; part++)
        parts.push(...textList(attributes[`${name}${part}`].value));
      return parts.length > 0 ? parts : null;
    },
    array: (path) => {
      const found = at(path);
      return found && 'dtype' in found && !(found instanceof Group) ? arrayOf(found as Dataset) : null;
    },
  };
}

/** An empty list of texts comes back as an empty array of numbers. */
const textList = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.map(String) : typeof value === 'string' ? [value] : [];

function arrayOf(dataset: Dataset): Hdf5Array | null {
  const { value, shape } = dataset;
  if (shape === null) return null;
  if (typeof value === 'number' || typeof value === 'bigint') return { shape, data: Float32Array.of(Number(value)) };
  if (value instanceof Float32Array) return { shape, data: value };
  if (value instanceof BigInt64Array || value instanceof BigUint64Array) {
    return { shape, data: Float32Array.from(value, Number) };
  }
  return ArrayBuffer.isView(value) ? { shape, data: Float32Array.from(value as ArrayLike<number>) } : null;
}
