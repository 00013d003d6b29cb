// The entry of the module: runs lists of kernel calls on all threads, with a barrier after each call. Threads that wait
// spin for a while, then sleep on a futex: most calls take tens of microseconds, as long as waking takes.

import { bytes } from './blocks';
import { dispatch } from './generated/dispatch';
import { CONTROL } from './generated/offsets';
import { wait } from './imports';

/** Loads before a waiting thread sleeps: 60 µs on a Zen 5 (0.3 ns each), longer than waking a thread takes. */
const SPINS = 200_000;

/** Waits until the word at `at` is no longer `old`. */
function waitWhile(at: usize, old: i32): void {
  for (let i = 0; i < SPINS; i++) {
    if (atomic.load<i32>(at) != old) return;
  }
  while (atomic.load<i32>(at) == old) wait(at, old);
}

/** Returns on every thread once all have come here. */
function barrier(threads: i32): void {
  const generation = atomic.load<i32>(CONTROL.generation);
  if (atomic.add<i32>(CONTROL.arrivals, 1) + 1 == threads) {
    atomic.store<i32>(CONTROL.arrivals, 0);
    atomic.add<i32>(CONTROL.generation, 1);
    atomic.notify(CONTROL.generation, threads);
  } else {
    waitWhile(CONTROL.generation, generation);
  }
}

/** A list holds pairs: the number of the kernel and the address of its parameters. */
function runList(list: usize, length: i32, thread: i32, threads: i32): void {
  for (let i = 0; i < length; i++) {
    const entry = list + bytes(2 * i);
    dispatch(load<i32>(entry), <usize>load<u32>(entry + 4), thread, threads);
    if (threads > 1) barrier(threads);
  }
}

/** Called on the main thread: all threads run the list; returns when it is done. */
export function run(list: usize, length: i32): void {
  const threads = load<i32>(CONTROL.threads);
  if (threads > 1) {
    store<u32>(CONTROL.list, <u32>list);
    store<i32>(CONTROL.length, length);
    atomic.add<i32>(CONTROL.command, 1);
    atomic.notify(CONTROL.command, threads);
  }
  runList(list, length, 0, threads);
}

/** A worker's life: runs what is commanded, until a list of length −1. */
export function work(thread: i32): void {
  let command = 0;
  while (true) {
    waitWhile(CONTROL.command, command);
    // A command is given only when all threads have done the last: none is missed.
    command++;
    const length = load<i32>(CONTROL.length);
    if (length < 0) return;
    runList(<usize>load<u32>(CONTROL.list), length, thread, load<i32>(CONTROL.threads));
  }
}

/** Tells the workers to end. */
export function stop(): void {
  store<i32>(CONTROL.length, -1);
  atomic.add<i32>(CONTROL.command, 1);
  atomic.notify(CONTROL.command, -1);
}
