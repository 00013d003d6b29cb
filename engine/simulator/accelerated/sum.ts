// ADD and SUB of bytes of one shape through WebAssembly: a table of rescaled values an input, then one multiplier.

import type { KernelContext, Run, Value } from '../kernel.ts';
import { factorTables } from './requantization.ts';

/** Null where a part does not fit the kernel. Tables hold the rescaled value of each code, the lowest code first. */
export function acceleratedSum(
  context: KernelContext,
  inputs: readonly [Value, Value],
  output: Value,
  tables: readonly [Int32Array, Int32Array],
  factor: number,
  [low, high]: readonly [number, number],
): Run | null {
  const { arena } = context;
  if (arena === null) return null;
  const [a, b] = inputs.map(({ data }) => arena.addressOf(data));
  const out = arena.addressOf(output.data);
  // By the unsigned byte, as the kernel reads codes.
  const [first, second] = tables.map((table, i) =>
    arena.copy(
      Int32Array.from({ length: 256 }, (_, byte) => table[inputs[i].dtype === 'int8' ? (byte + 128) & 255 : byte]),
    ),
  );
  const factors = factorTables([factor, factor, factor, factor], 4);
  const factorsAt = factors === null ? null : arena.copy(factors);
  if (a === null || b === null || out === null || first === null || second === null || factorsAt === null) return null;
  const { sum } = arena.kernels;
  const { size, zeroPoint } = output;
  return () => sum(a, b, out, size, first, second, factorsAt, zeroPoint, low, high);
}
