// FlatBuffers tables described as values: one description both reads (every access checked) and writes (over the
// `flatbuffers` builder). Source: FlatBuffers internals, "Format of a FlatBuffer".

import type { Builder } from 'flatbuffers';
import { InputError } from '../errors.ts';

/** The bytes of a file. `budget` bounds the work: tables may share parts, so a small file could unfold without end. */
export interface Source {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  budget: number;
}

export function openSource(bytes: Uint8Array): Source {
  return {
    bytes,
    view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength),
    budget: 16 * bytes.length + 1_000_000,
  };
}

/** Checks that `size` bytes lie at `at`, and counts them. Returns `at`. */
function at(source: Source, position: number, size: number): number {
  if (position < 0 || size < 0 || position + size > source.bytes.length) {
    throw new InputError(
      `The file is not a whole .tflite model: something at byte ${position} reaches past its end (${source.bytes.length} bytes). It may be truncated or damaged; convert or download it again.`,
    );
  }
  source.budget -= size;
  if (source.budget < 0) {
    throw new InputError('The file is not a sound .tflite model: its parts overlap many times over. Convert it again.');
  }
  return position;
}

const follow = (source: Source, position: number): number =>
  position + source.view.getUint32(at(source, position, 4), true);

/** A field of a table: how it is read from its place (null: absent, so its default), and how it is written. */
export interface Field<T> {
  readonly id: number;
  read(source: Source, position: number | null): T;
  /** Writes what lies outside the table (vectors, strings, tables) and returns its offset; a scalar returns itself. */
  prepare(builder: Builder, value: T): number | boolean | bigint;
  add(builder: Builder, prepared: number | boolean | bigint): void;
}

export type Fields = Readonly<Record<string, Field<unknown>>>;
export type Row<F> = { readonly [K in keyof F]: F[K] extends Field<infer T> ? T : never };

/** Reads the table at `position`; fields that the file lacks have their defaults. */
export function readTable<F>(source: Source, position: number, fields: F & { [K in keyof F]: Field<unknown> }): Row<F> {
  const vtable = position - source.view.getInt32(at(source, position, 4), true);
  const size = source.view.getUint16(at(source, vtable, 4), true);
  at(source, vtable, size);
  const row: Record<string, unknown> = {};
  for (const [name, field] of Object.entries<Field<unknown>>(fields)) {
    const entry = 4 + 2 * field.id;
    const offset = entry + 2 <= size ? source.view.getUint16(vtable + entry, true) : 0;
    row[name] = field.read(source, offset === 0 ? null : position + offset);
  }
  return row as Row<F>;
}

/** The values of a table that is not there. */
export function defaultRow<F>(source: Source, fields: F & { [K in keyof F]: Field<unknown> }): Row<F> {
  const entries = Object.entries<Field<unknown>>(fields).map(([name, field]) => [name, field.read(source, null)]);
  return Object.fromEntries(entries) as Row<F>;
}

/** Writes a table and returns its offset. */
export function writeTable<F>(builder: Builder, fields: F & { [K in keyof F]: Field<unknown> }, row: Row<F>): number {
  const entries = Object.entries<Field<unknown>>(fields);
  const values = row as Readonly<Record<string, unknown>>;
  const prepared = entries.map(([name, field]) => field.prepare(builder, values[name]));
  builder.startObject(entries.reduce((count, [, field]) => Math.max(count, field.id + 1), 0));
  entries.forEach(([, field], i) => {
    field.add(builder, prepared[i]);
  });
  return builder.endObject();
}

function scalar<T extends number | boolean | bigint>(
  id: number,
  size: number,
  fallback: T,
  get: (view: DataView, position: number) => T,
  add: (builder: Builder, value: T) => void,
): Field<T> {
  return {
    id,
    read: (source, position) => (position === null ? fallback : get(source.view, at(source, position, size))),
    prepare: (_, value) => value ?? fallback,
    add: (builder, value) => add(builder, value as T),
  };
}

export const bool = (id: number, fallback = false): Field<boolean> =>
  scalar<boolean>(
    id,
    1,
    fallback,
    (view, p) => view.getUint8(p) !== 0,
    (b, v) => b.addFieldInt8(id, v ? 1 : 0, fallback ? 1 : 0),
  );
export const int8 = (id: number, fallback = 0): Field<number> =>
  scalar<number>(
    id,
    1,
    fallback,
    (view, p) => view.getInt8(p),
    (b, v) => b.addFieldInt8(id, v, fallback),
  );
export const uint8 = (id: number): Field<number> =>
  scalar<number>(
    id,
    1,
    0,
    (view, p) => view.getUint8(p),
    (b, v) => b.addFieldInt8(id, v, 0),
  );
export const int32 = (id: number, fallback = 0): Field<number> =>
  scalar<number>(
    id,
    4,
    fallback,
    (view, p) => view.getInt32(p, true),
    (b, v) => b.addFieldInt32(id, v, fallback),
  );
export const uint32 = (id: number): Field<number> =>
  scalar<number>(
    id,
    4,
    0,
    (view, p) => view.getUint32(p, true),
    (b, v) => b.addFieldInt32(id, v, 0),
  );
export const uint64 = (id: number): Field<bigint> =>
  scalar<bigint>(
    id,
    8,
    0n,
    (view, p) => view.getBigUint64(p, true),
    (b, v) => b.addFieldInt64(id, v, 0n),
  );
export const float32 = (id: number): Field<number> =>
  scalar<number>(
    id,
    4,
    0,
    (view, p) => view.getFloat32(p, true),
    (b, v) => b.addFieldFloat32(id, v, 0),
  );

/** A scalar that stands for a name: `names[code]`. An unknown code reads as `fallback`. */
export function named<T extends string>(
  code: Field<number>,
  names: Readonly<Record<number, T>>,
  fallback: T,
): Field<T> {
  const codes = new Map(Object.entries(names).map(([number, name]) => [name, Number(number)]));
  return {
    id: code.id,
    read: (source, position) => names[code.read(source, position)] ?? fallback,
    prepare: (_, value) => codes.get(value) ?? 0,
    add: (builder, value) => code.add(builder, value),
  };
}

/** A field that lies elsewhere; its value null or undefined: not written. */
function reference<T>(
  id: number,
  absent: T,
  read: (source: Source, target: number) => T,
  write: (builder: Builder, value: T) => number,
): Field<T> {
  return {
    id,
    read: (source, position) => (position === null ? absent : read(source, follow(source, position))),
    prepare: (builder, value) =>
      value === absent || value === null || value === undefined ? 0 : write(builder, value),
    add: (builder, offset) => builder.addFieldOffset(id, Number(offset), 0),
  };
}

export const text = (id: number): Field<string> =>
  reference(
    id,
    '',
    (source, position) => {
      const length = source.view.getUint32(at(source, position, 4), true);
      return new TextDecoder().decode(source.bytes.subarray(at(source, position + 4, length), position + 4 + length));
    },
    (builder, value) => builder.createString(value),
  );

/** Where a table lies: of a union, read later by what its type says. Written by its offset. */
export const place = (id: number): Field<number | null> =>
  reference<number | null>(
    id,
    null,
    (_, position) => position,
    (_, value) => value ?? 0,
  );

/** Bytes, a view into the file. Written at a multiple of 16 bytes, as buffers must lie. */
export const byteVector = (id: number): Field<Uint8Array | null> =>
  reference<Uint8Array | null>(
    id,
    null,
    (source, position) => {
      const length = source.view.getUint32(at(source, position, 4), true);
      return source.bytes.subarray(at(source, position + 4, length), position + 4 + length);
    },
    (builder, value) => {
      builder.prep(16, value?.length ?? 0);
      return builder.createByteVector(value ?? new Uint8Array());
    },
  );

function vector(
  id: number,
  size: number,
  get: (view: DataView, position: number) => number,
  add: (builder: Builder, value: number) => void,
): Field<readonly number[] | null> {
  return reference<readonly number[] | null>(
    id,
    null,
    (source, position) => {
      const length = source.view.getUint32(at(source, position, 4), true);
      at(source, position + 4, length * size);
      return Array.from({ length }, (_, i) => get(source.view, position + 4 + i * size));
    },
    (builder, value) => {
      const items = value ?? [];
      builder.startVector(size, items.length, size);
      for (let i = items.length - 1; i >= 0; i--) add(builder, items[i]);
      return builder.endVector();
    },
  );
}

export const int32Vector = (id: number) =>
  vector(
    id,
    4,
    (view, p) => view.getInt32(p, true),
    (b, v) => b.addInt32(v),
  );
export const float32Vector = (id: number) =>
  vector(
    id,
    4,
    (view, p) => view.getFloat32(p, true),
    (b, v) => b.addFloat32(v),
  );
export const int64Vector = (id: number) =>
  vector(
    id,
    8,
    (view, p) => Number(view.getBigInt64(p, true)),
    (b, v) => b.addInt64(BigInt(v)),
  );

export const table = <F>(id: number, fields: F & { [K in keyof F]: Field<unknown> }): Field<Row<F> | null> =>
  reference<Row<F> | null>(
    id,
    null,
    (source, position) => readTable<F>(source, position, fields),
    (builder, value) => (value === null ? 0 : writeTable<F>(builder, fields, value)),
  );

export const tables = <F>(id: number, fields: F & { [K in keyof F]: Field<unknown> }): Field<readonly Row<F>[]> =>
  reference<readonly Row<F>[]>(
    id,
    [],
    (source, position) => {
      const length = source.view.getUint32(at(source, position, 4), true);
      at(source, position + 4, length * 4);
      return Array.from({ length }, (_, i) => readTable<F>(source, follow(source, position + 4 + 4 * i), fields));
    },
    (builder, rows) => {
      const offsets = rows.map((row) => writeTable<F>(builder, fields, row));
      builder.startVector(4, offsets.length, 4);
      for (let i = offsets.length - 1; i >= 0; i--) builder.addOffset(offsets[i]);
      return builder.endVector();
    },
  );
