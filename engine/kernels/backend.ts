// What runs kernel calls: a backend opens one memory, takes lists of calls once, and then runs a list by one call.

import { CONTROL, type Memory, memoryOver } from './memory.ts';
import type { KernelName, Parameters } from './parameters.ts';
import { REFERENCE_KERNELS } from './reference/table.ts';

/** One kernel with its parameters, and the op of the graph it works for (empty for updates). */
export type NamedCall = {
  [K in KernelName]: { readonly kernel: K; readonly parameters: Parameters<K>; readonly op: string };
}[KernelName];

/** A function that no kernel is, of a quantizer of the user's own: runs on the main thread. */
export interface OwnCall {
  readonly kernel: 'own';
  readonly parameters: Readonly<Record<string, number>>;
  readonly op: string;
  run(parameters: Readonly<Record<string, number>>, memory: Memory): void;
}

export type KernelCall = NamedCall | OwnCall;

/** Milliseconds in each call of a list, in its order. */
export type Profile = readonly { readonly call: KernelCall; readonly milliseconds: number }[];

export interface Machine {
  readonly memory: Memory;
  /** Takes a list once, before it runs; the name may not be taken twice. */
  add(name: string, calls: readonly KernelCall[]): void;
  run(name: string): void;
  /** As `run`, with the time of each call. */
  profile(name: string): Profile;
  close(): void;
}

export interface KernelBackend {
  /** For people: `reference`, `wasm relaxed-simd 6×8, 2 threads`. */
  readonly name: string;
  /** Threads that run kernels; each has scratch memory of its own. */
  readonly threads: number;
  /** Width of the weight panels for convolutions with so many output channels. */
  panel(channels: number): number;
  /** Opens a memory of at least `bytes` for the planner, and room for the calls. */
  open(bytes: number, callCount: number): Machine;
}

/** Runs one call by its plain reference kernel. */
export function runReference(call: KernelCall, memory: Memory): void {
  if (call.kernel === 'own') {
    call.run(call.parameters, memory);
    return;
  }
  // The table is typed by name; the union of calls keeps name and parameters together.
  const kernel = REFERENCE_KERNELS[call.kernel] as (p: NamedCall['parameters'], m: Memory) => void;
  kernel(call.parameters, memory);
}

/** Plain TypeScript kernels on one thread: slow, and right. */
export const referenceBackend: KernelBackend = {
  name: 'reference',
  threads: 1,
  panel: () => 8,
  open(bytes) {
    const memory = memoryOver(new ArrayBuffer(Math.ceil(bytes / 4) * 4));
    memory.i32[CONTROL.threads] = 1;
    return machineOf(memory, (call) => runReference(call, memory));
  },
};

/** A machine that runs lists call by call. */
export function machineOf(memory: Memory, runCall: (call: KernelCall) => void): Machine {
  const lists = new Map<string, readonly KernelCall[]>();
  const listOf = (name: string): readonly KernelCall[] => {
    const calls = lists.get(name);
    if (calls === undefined) throw new RangeError(`There is no call list ${name}.`);
    return calls;
  };
  return {
    memory,
    add: (name, calls) => void lists.set(name, calls),
    run: (name) => listOf(name).forEach(runCall),
    profile: (name) =>
      listOf(name).map((call) => {
        const start = performance.now();
        runCall(call);
        return { call, milliseconds: performance.now() - start };
      }),
    close: () => lists.clear(),
  };
}
