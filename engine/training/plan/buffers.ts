// Buffers of a planned program: named while calls are emitted, placed in the linear memory afterwards, where buffers whose
// lives do not overlap share bytes.

import type { KernelCall, OwnCall } from '../../kernels/backend.ts';
import type { Field, KernelName } from '../../kernels/parameters.ts';

export interface Buffer {
  readonly name: string;
  readonly bytes: number;
  /** Index of the first and last call that names it, in a list; a kept buffer lives always and belongs to no list. */
  first: number;
  last: number;
  /** Byte address, once placed. */
  address: number;
}

/** A place inside a buffer, in bytes from its start. */
export interface Place {
  readonly buffer: Buffer;
  readonly offset: number;
}

/** A number, or an address that is not known yet. */
export type Argument = number | Place;
export type Arguments<K extends KernelName> = { readonly [F in Field<K>]: Argument };

/** A call whose addresses are not known yet. */
export interface PlannedCall {
  readonly kernel: KernelName | 'own';
  readonly arguments: Readonly<Record<string, Argument>>;
  readonly op: string;
  /** Of a call of the user's own. */
  readonly run?: OwnCall['run'];
}

/** Values that never change, copied into the program once. */
export interface Constant {
  readonly buffer: Buffer;
  readonly values: Float32Array;
}

/** The place of a constant by its name, made at the first use. */
export function constantPlace(constants: Map<string, Constant>, name: string, values: () => Float32Array): Place {
  const known = constants.get(name);
  if (known !== undefined) return at(known.buffer);
  const made = values();
  const buffer = newBuffer(name, made.length);
  constants.set(name, { buffer, values: made });
  return at(buffer);
}

/** Vector loads read whole cache lines. */
const ALIGNMENT = 64;
export const aligned = (bytes: number): number => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;

export function newBuffer(name: string, floats: number): Buffer {
  return { name, bytes: aligned(floats * 4), first: Number.POSITIVE_INFINITY, last: -1, address: 0 };
}

export const at = (buffer: Buffer, floats = 0): Place => ({ buffer, offset: floats * 4 });

/** Places buffers one after the other from `start`; returns the end. For those that live always. */
export function placeKept(buffers: readonly Buffer[], start: number): number {
  let end = aligned(start);
  for (const buffer of buffers) {
    buffer.address = end;
    end += buffer.bytes;
  }
  return end;
}

/** Places buffers so that those alive together do not overlap, the largest first; returns the end. */
export function placeReused(buffers: readonly Buffer[], start: number): number {
  const placed: Buffer[] = [];
  let end = start;
  for (const buffer of [...buffers].sort((a, b) => b.bytes - a.bytes)) {
    const inTheWay = placed
      .filter((other) => other.first <= buffer.last && buffer.first <= other.last)
      .sort((a, b) => a.address - b.address);
    let address = aligned(start);
    for (const other of inTheWay) {
      if (other.address - address >= buffer.bytes) break;
      address = Math.max(address, other.address + other.bytes);
    }
    buffer.address = address;
    placed.push(buffer);
    end = Math.max(end, address + buffer.bytes);
  }
  return end;
}

/** The call with its addresses. */
export function resolve(call: PlannedCall): KernelCall {
  const parameters: Record<string, number> = {};
  for (const [field, value] of Object.entries(call.arguments)) {
    parameters[field] = typeof value === 'number' ? value : value.buffer.address + value.offset;
  }
  // The fields were checked when the call was emitted; see `Emit`.
  const { kernel, op, run } = call;
  return { kernel, parameters, op, ...(run && { run }) } as unknown as KernelCall;
}
