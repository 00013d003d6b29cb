// Codes of fewer bits than their type holds, as 4-bit activations in int8. LiteRT's kernels do not know them and clamp to the
// type; the kernel set `narrow` clamps to the bits that the tensor states, which is what such hardware does. Clamping is the
// last step of every kernel, so that clamping again is the same as clamping to fewer bits at once.

import type { Graph } from '../graph/graph.ts';
import type { Op } from '../graph/op.ts';
import { type CodeRange, tensorCodes } from '../quantization/codes.ts';
import type { Run, Value } from './kernel.ts';
import type { Memory } from './memory.ts';

/** `run`, then its outputs clamped where they have fewer bits than their type. */
export function clampedToBits(graph: Graph, op: Op, memory: Memory, run: Run): Run {
  const narrow = op.outputs.flatMap((id): { readonly value: Value; readonly codes: CodeRange }[] => {
    const value = memory.value(id);
    const tensor = graph.tensors[id];
    return value !== null && tensor.quantization?.bits !== undefined ? [{ value, codes: tensorCodes(tensor) }] : [];
  });
  if (narrow.length === 0) return run;
  return () => {
    run();
    for (const { value, codes } of narrow) clamp(value, codes);
  };
}

function clamp({ data }: Value, { min, max }: CodeRange): void {
  if (!(data instanceof Int8Array || data instanceof Int16Array)) return;
  for (let i = 0; i < data.length; i++) {
    if (data[i] > max) data[i] = max;
    else if (data[i] < min) data[i] = min;
  }
}
