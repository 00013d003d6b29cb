// Functions of the host. AssemblyScript's own exp and log keep tables in static data, for which the shared memory has no room.
// Waiting is one, too: the first-tier compiler of V8 11 (Node 20) loses a local variable that lives across its own
// `memory.atomic.wait32`, and a thread then runs a list twice.

// @ts-ignore: decorator
@external('env', 'exp')
export declare function exp(x: f64): f64;

// @ts-ignore: decorator
@external('env', 'log')
export declare function log(x: f64): f64;

/** Sleeps until it is notified, or at once goes on where the word at byte `at` is not `old`. */
// @ts-ignore: decorator
@external('env', 'wait')
export declare function wait(at: usize, old: i32): void;
