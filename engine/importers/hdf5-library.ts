// What `hdf5.ts` does, by the HDF5 library itself (h5wasm): imported when a file is first opened.

import h5wasm, { type Attribute, type Dataset, FS, Group } from 'h5wasm';
import { InputError } from '../errors.ts';
import { damaged, type Hdf5Array, type Hdf5Group } from './hdf5.ts';

/** Groups in groups of a whole Keras file: four for each model in a model. A damaged one may lead in a circle. */
const DEEPEST = 64;
const MOST_OBJECTS = 200_000;
/** Numbers of a file together may be this many times as large as the file: more than DEFLATE can do (1032). */
const LARGEST_RATIO = 1100;
/** The WebAssembly of the library has 4 GiB at most, for the file and one array at a time. Bytes. */
const LARGEST_ARRAY = 2 ** 31;

/** The file as a tree. Throws an InputError where the file is broken. */
export async function readHdf5(bytes: Uint8Array, fileName: string): Promise<Hdf5Group> {
  try {
    return await readTree(bytes, fileName);
  } catch (error) {
    throw isTrap(error) ? damaged(fileName) : error;
  }
}

/**
 * The same, for a thread that is watched: `onObject` is called before each object is read, so that slow is told from stuck.
 * Throws the library's own trap, after which it must not be used again; it may also come of what a file before left behind.
 */
export const readTree = (bytes: Uint8Array, fileName: string, onObject: () => void = () => {}): Promise<Hdf5Group> =>
  inMemory(bytes, (name) => {
    let file: InstanceType<typeof h5wasm.File> | null = null;
    try {
      file = new h5wasm.File(name, 'r');
      return treeOf(file, { objects: 0, bytes: bytes.length * LARGEST_RATIO, onObject });
    } catch (error) {
      throw isTrap(error) ? error : damaged(fileName);
    } finally {
      close(file);
    }
  });

/** The library's WebAssembly has run into its own end. */
export const isTrap = (error: unknown): boolean => error instanceof Error && error.name === 'RuntimeError';

/** A copy of the file with other values in some of its float arrays, by their paths. Throws an InputError as `readHdf5`. */
export const rewriteHdf5 = (
  bytes: Uint8Array,
  fileName: string,
  arrays: ReadonlyMap<string, Float32Array>,
): Promise<Uint8Array<ArrayBuffer>> =>
  inMemory(bytes, (name, files) => {
    const file = new h5wasm.File(name, 'a');
    try {
      for (const [place, values] of arrays) rewriteArray(file, place, values, fileName);
    } finally {
      file.close();
    }
    return files.readFile(name) as Uint8Array<ArrayBuffer>;
  });

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

/** The library may trap on what a damaged file left behind; the error that is under way says more. */
function close(file: InstanceType<typeof h5wasm.File> | null): void {
  try {
    file?.close();
  } catch {}
}

/** What has been read and may still be. */
interface Budget {
  objects: number;
  bytes: number;
  readonly onObject: () => void;
}

function treeOf(root: Group, budget: Budget): Hdf5Group {
  const attributes = attributesOf(root, budget);
  // State of the optimizer, twice the size of the weights. In a file of weights alone these may be layers of the user's.
  const others = attributes.has('layer_names') ? [] : ['optimizer_weights', 'optimizer'];
  return { kind: 'group', attributes, members: membersOf(root, budget, 1, others) };
}

function membersOf(group: Group, budget: Budget, depth: number, others: readonly string[] = []): Hdf5Group['members'] {
  if (depth > DEEPEST) throw new RangeError('Groups lead in a circle.');
  const members = new Map<string, Hdf5Group | Hdf5Array>();
  for (const name of group.keys()) {
    if (others.includes(name)) continue;
    step(budget);
    const found = group.get(name);
    if (found instanceof Group) {
      const attributes = attributesOf(found, budget);
      members.set(name, { kind: 'group', attributes, members: membersOf(found, budget, depth + 1) });
    } else if (found && 'dtype' in found) {
      const array = arrayOf(found as Dataset, budget);
      if (array) members.set(name, array);
    }
  }
  return members;
}

function step(budget: Budget): void {
  budget.onObject();
  if (++budget.objects > MOST_OBJECTS) throw new RangeError('There are too many objects.');
}

/** Classes of HDF5's types (H5T_class_t). */
const TEXT = 3;

function attributesOf(group: Group, budget: Budget): Hdf5Group['attributes'] {
  const attributes = new Map<string, string | readonly string[]>();
  for (const [name, attribute] of Object.entries(group.attrs)) {
    step(budget);
    const value = textOf(attribute, budget);
    if (value !== null) attributes.set(name, value);
  }
  return attributes;
}

/** An empty list of texts is written as an empty array of numbers. */
function textOf(attribute: Attribute, budget: Budget): string | readonly string[] | null {
  if (attribute.metadata.type !== TEXT) return attribute.metadata.total_size === 0 ? [] : null;
  spend(attribute.metadata, budget);
  const { value } = attribute;
  return Array.isArray(value) ? value.map(String) : typeof value === 'string' ? value : null;
}

/** Numbers as float32; null for other arrays. */
function arrayOf(dataset: Dataset, budget: Budget): Hdf5Array | null {
  const { shape, metadata } = dataset;
  if (shape === null || metadata.type === TEXT) return null;
  spend(metadata, budget);
  const { value } = dataset;
  const array = (data: Float32Array): Hdf5Array => ({ kind: 'array', shape, data });
  if (typeof value === 'number' || typeof value === 'bigint') return array(Float32Array.of(Number(value)));
  if (value instanceof Float32Array) return array(value);
  if (value instanceof BigInt64Array || value instanceof BigUint64Array) return array(Float32Array.from(value, Number));
  return ArrayBuffer.isView(value) ? array(Float32Array.from(value as ArrayLike<number>)) : null;
}

function spend({ size, total_size: count }: Dataset['metadata'], budget: Budget): void {
  budget.bytes -= size * count;
  if (size * count > LARGEST_ARRAY || budget.bytes < 0) throw new RangeError('An array is larger than its file.');
}
