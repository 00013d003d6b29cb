// What a branch wrote, so that a branch that may not be taken can be undone, the other explored, and both joined.

import type { Runtime } from '../runtime.ts';
import type { DictValue, Instance, ListValue, SetValue, Unknown, Value } from '../values.ts';
import { join, sameValue } from './join.ts';

/** Something that can be written to. A Map is a frame's or module's names, or a table of counters. */
export type Store = ListValue | DictValue | SetValue | Instance | Map<string, Value> | Map<string, number>;

/** The content of each store before the branch wrote to it first. */
export type BranchLog = Map<Store, Content>;

type Content = readonly Value[] | Map<unknown, unknown>;

/** Must be called before a store is changed. */
export function touch(run: Runtime, store: Store): void {
  if (run.log !== undefined && !run.log.has(store)) run.log.set(store, copyOf(store));
}

function copyOf(store: Store): Content {
  if (store instanceof Map) return new Map<unknown, unknown>(store);
  switch (store.kind) {
    case 'list':
      return store.items.slice();
    case 'dict':
    case 'set':
      return new Map<unknown, unknown>(store.entries);
    case 'instance': {
      const content = new Map<unknown, unknown>(store.attributes);
      // A Sequential's layers are written as a whole, so the reference is the content.
      if (store.layer) content.set(LAYERS, store.layer.layers);
      return content;
    }
  }
}

const LAYERS = Symbol('layers');

function restore(store: Store, content: Content): void {
  if (Array.isArray(content)) {
    (store as ListValue).items = content.slice();
    return;
  }
  const map = content as Map<unknown, unknown>;
  const target = (
    store instanceof Map ? store : store.kind === 'instance' ? store.attributes : (store as DictValue).entries
  ) as Map<unknown, unknown>;
  target.clear();
  for (const [key, value] of map) if (key !== LAYERS) target.set(key, value);
  if (map.has(LAYERS)) (store as Instance).layer!.layers = map.get(LAYERS) as Instance[];
}

/** Undoes a branch and returns what it had made of each store. */
export function rollBack(log: BranchLog): BranchLog {
  const written: BranchLog = new Map();
  for (const [store, content] of log) {
    written.set(store, copyOf(store));
    restore(store, content);
  }
  return written;
}

/** Makes a branch's writes again. */
export function replay(written: BranchLog): void {
  for (const [store, content] of written) restore(store, content);
}

/** Joins what two branches made of the stores that either wrote; both are undone before. */
export function joinWrites(run: Runtime, first: BranchLog, second: BranchLog, reason: Unknown): void {
  for (const store of new Set([...first.keys(), ...second.keys()])) {
    const before = copyOf(store);
    touch(run, store);
    joinStore(store, first.get(store) ?? before, second.get(store) ?? before, reason);
  }
}

function joinStore(store: Store, first: Content, second: Content, reason: Unknown): void {
  if (Array.isArray(first)) {
    const a = first as readonly Value[];
    const b = second as readonly Value[];
    const target = store as ListValue;
    if (a.length === b.length) target.items = a.map((item, i) => join(item, b[i]!, reason));
    else {
      target.items = (a.length > b.length ? a : b).slice();
      target.uncertain = reason;
    }
    return;
  }
  const a = first as Map<unknown, unknown>;
  const b = second as Map<unknown, unknown>;
  const joined = new Map<unknown, unknown>();
  for (const key of new Set([...a.keys(), ...b.keys()]))
    joined.set(key, joinEntry(key, a.get(key), b.get(key), reason));
  if (!(store instanceof Map) && a.size !== b.size && store.kind !== 'instance') store.uncertain = reason;
  if (!(store instanceof Map) && store.kind === 'instance' && a.get(LAYERS) !== b.get(LAYERS)) store.uncertain = reason;
  restore(store, joined);
}

function joinEntry(key: unknown, a: unknown, b: unknown, reason: Unknown): unknown {
  if (a === b) return a;
  if (key === LAYERS) return ((a as Instance[]).length >= (b as Instance[]).length ? a : b) as unknown;
  if (typeof a === 'number' || typeof b === 'number') return Math.max(Number(a ?? 0), Number(b ?? 0));
  if (Array.isArray(a) && Array.isArray(b)) {
    const [keyA, valueA] = a as [Value, Value];
    const valueB = (b as [Value, Value])[1];
    return sameValue(valueA, valueB) ? a : [keyA, join(valueA, valueB, reason)];
  }
  if (a === undefined || b === undefined) {
    const only = (a ?? b) as Value | readonly [Value, Value];
    // What only one branch assigned is used only where that branch was taken.
    return Array.isArray(only) ? only : join(only as Value, only as Value, reason);
  }
  return join(a as Value, b as Value, reason);
}
