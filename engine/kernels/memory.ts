// The linear memory that planner and kernels share: views of it, the control block, and the record of a range.

/** Views of one memory; kernels address it in bytes. */
export interface Memory {
  readonly f32: Float32Array;
  readonly i32: Int32Array;
}

/** What every kernel may read: set before a step. Element indices (4 bytes each) from the start of the memory. */
export const CONTROL = {
  /** Images in this batch. */
  batch: 16,
  /** Optimizer steps done; the seed of dropout's masks. */
  step: 17,
  seed: 18,
  /** Threads that run kernels: how many slots of observed ranges hold something. */
  threads: 19,
  /** Step size (float32), Adam's bias correction included. */
  rate: 20,
  /** Bytes between the threads' slots of observed ranges. */
  observedStride: 21,
  /** The barrier of the threads: arrivals, generation. */
  arrivals: 24,
  generation: 28,
  /** What the threads are to run: address of a call list, its length, a command number. */
  list: 32,
  length: 33,
  command: 36,
  finished: 40,
} as const;

/** Bytes before anything is planned; address 0 means absent. */
export const RESERVED_BYTES = 256;

/** At most this many threads: slots of observed ranges and scratch memory are laid out for the threads in use. */
export const MAX_THREADS = 16;

/** The record of one quantized range, in float32 elements. The first two move, the rest follow from them. */
export const RANGE = {
  min: 0,
  max: 1,
  scale: 2,
  /** Lowest and highest real value of the grid. */
  low: 3,
  high: 4,
  /** Steps from the lowest point of the grid to 0. */
  zero: 5,
  /** Lowest code less zero point, for kernels that work on codes; and the zero point. */
  zeroPoint: 6,
  codeMin: 7,
  codeMax: 8,
  symmetric: 9,
  /** 0 fixed, 1 minimum and maximum so far, 2 moving average, 3 last value. */
  observer: 10,
  /** Share of the old value that a moving average keeps. */
  keep: 11,
} as const;
export const RANGE_SIZE = 16;

/** Memory over a plain buffer, for the reference kernels and tests. */
export function memoryOver(buffer: ArrayBufferLike): Memory {
  return { f32: new Float32Array(buffer), i32: new Int32Array(buffer) };
}

export const batchOf = (memory: Memory): number => memory.i32[CONTROL.batch];
