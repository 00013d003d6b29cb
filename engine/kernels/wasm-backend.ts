// Runs kernel calls in WebAssembly: a list of calls is written into the memory once, as numbers of kernels and blocks of
// parameters, and then runs by one call into the module, on all threads. Kernels that WebAssembly has not run between
// as plain reference kernels on the main thread.

import {
  type KernelBackend,
  type KernelCall,
  type Machine,
  type NamedCall,
  type Profile,
  runReference,
} from './backend.ts';
import { isInWebAssembly, KERNEL_IDS } from './kernel-ids.ts';
import { CONTROL, type Memory, memoryOver } from './memory.ts';
import { FLOAT_FIELDS, KERNEL_PARAMETERS } from './parameters.ts';

/** What the host gives: a shared memory with an instance of the module on each thread. */
export interface KernelInstances {
  readonly buffer: SharedArrayBuffer;
  run(list: number, length: number): void;
  close(): void;
}

export interface KernelHost {
  /** For people: `relaxed SIMD, 6×8 tiles`. */
  readonly name: string;
  readonly threads: number;
  /** The widest panel of output channels: 8 or 16. */
  readonly panel: number;
  open(bytes: number): KernelInstances;
}

/** A stretch of a list that runs at once: WebAssembly calls written at `address`, or one plain call. */
type Segment =
  | { readonly kind: 'wasm'; readonly address: number; readonly calls: readonly NamedCall[] }
  | { readonly kind: 'plain'; readonly call: KernelCall };

/** Bytes of a pair in a list: number of the kernel, address of its parameters. */
const PAIR = 8;
const LARGEST_BLOCK = Math.max(...Object.values(KERNEL_PARAMETERS).map((fields) => fields.length * 4));

export function wasmBackend(host: KernelHost): KernelBackend {
  return {
    name: `WebAssembly, ${host.name}, ${host.threads === 1 ? '1 thread' : `${host.threads} threads`}`,
    threads: host.threads,
    panel: (channels) => (channels > 8 ? host.panel : 8),
    open(bytes, callCount) {
      const start = Math.ceil(bytes / 64) * 64;
      const instances = host.open(start + callCount * (LARGEST_BLOCK + PAIR));
      const memory = memoryOver(instances.buffer);
      memory.i32[CONTROL.threads] = host.threads;
      return machineOver(instances, memory, start);
    },
  };
}

function machineOver(instances: KernelInstances, memory: Memory, start: number): Machine {
  const lists = new Map<string, readonly Segment[]>();
  let free = start;
  const segmentsOf = (name: string): readonly Segment[] => {
    const segments = lists.get(name);
    if (segments === undefined) throw new RangeError(`There is no call list ${name}.`);
    return segments;
  };
  const write = (calls: readonly NamedCall[]): number => {
    const blocks = calls.map((call) => {
      const address = free;
      free += writeParameters(call, memory, address);
      return address;
    });
    const list = free;
    calls.forEach((call, index) => {
      memory.i32[(list + index * PAIR) >> 2] = KERNEL_IDS[call.kernel]!;
      memory.i32[((list + index * PAIR) >> 2) + 1] = blocks[index];
    });
    free += calls.length * PAIR;
    return list;
  };
  const runSegment = (segment: Segment): void => {
    if (segment.kind === 'wasm') instances.run(segment.address, segment.calls.length);
    else runReference(segment.call, memory);
  };
  return {
    memory,
    add(name, calls) {
      const segments = splitCalls(calls).map((part): Segment => {
        if (!Array.isArray(part)) return { kind: 'plain', call: part as KernelCall };
        return { kind: 'wasm', address: write(part), calls: part };
      });
      lists.set(name, segments);
    },
    run: (name) => segmentsOf(name).forEach(runSegment),
    profile: (name) => segmentsOf(name).flatMap((segment) => profileSegment(segment, instances, memory)),
    close() {
      lists.clear();
      instances.close();
    },
  };
}

/** Runs of calls that WebAssembly has, and single ones that it has not. */
function splitCalls(calls: readonly KernelCall[]): (KernelCall | NamedCall[])[] {
  const parts: (KernelCall | NamedCall[])[] = [];
  for (const call of calls) {
    const last = parts.at(-1);
    if (call.kernel === 'own') parts.push(call);
    else if (!isInWebAssembly(call.kernel)) parts.push(call);
    else if (Array.isArray(last)) last.push(call);
    else parts.push([call]);
  }
  return parts;
}

/** Writes the fields in the order of the table; returns the bytes taken. */
function writeParameters(call: NamedCall, { f32, i32 }: Memory, address: number): number {
  const fields: readonly string[] = KERNEL_PARAMETERS[call.kernel];
  const parameters = call.parameters as Readonly<Record<string, number>>;
  fields.forEach((field, index) => {
    if (FLOAT_FIELDS.has(field)) f32[(address >> 2) + index] = parameters[field];
    else i32[(address >> 2) + index] = parameters[field];
  });
  return fields.length * 4;
}

function profileSegment(segment: Segment, instances: KernelInstances, memory: Memory): Profile {
  const timed = (call: KernelCall, run: () => void) => {
    const begun = performance.now();
    run();
    return { call, milliseconds: performance.now() - begun };
  };
  if (segment.kind === 'plain') return [timed(segment.call, () => runReference(segment.call, memory))];
  return segment.calls.map((call, index) => timed(call, () => instances.run(segment.address + index * PAIR, 1)));
}
