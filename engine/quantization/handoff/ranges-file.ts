// Ranges of activations as JSON: `{ "version": 1, "ranges": { "conv2d": [-1.5, 6] } }`, by the name of the tensor.

import * as z from 'zod';
import { InputError } from '../../errors.ts';
import type { Graph } from '../../graph/graph.ts';
import type { Range, Ranges } from '../ranges.ts';

const file = z.strictObject({
  version: z.literal(1),
  model: z.string().optional(),
  ranges: z.record(
    z.string(),
    z.tuple([z.number(), z.number()]).refine(([min, max]) => min <= max, 'expected the smaller end first'),
  ),
});

export function rangesToJson(graph: Graph, ranges: Ranges): object {
  const named = [...ranges].map(([id, { min, max }]) => [graph.tensors[id].name, [min, max]] as const);
  return { version: 1, model: graph.name, ranges: Object.fromEntries(named) };
}

/** Throws an InputError that names the file, and the tensor that the model does not have. */
export function rangesFromJson(text: string, graph: Graph, name: string): Ranges {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new InputError(`${name} is not JSON; a file of ranges was expected.`, { file: name });
  }
  const result = file.safeParse(value);
  if (!result.success) {
    const [{ path, message }] = result.error.issues;
    throw new InputError(`${name} is no file of ranges: \`${path.join('.')}\`: ${message}.`, { file: name });
  }
  const ids = new Map(graph.tensors.map((tensor, id) => [tensor.name, id]));
  const ranges = new Map<number, Range>();
  for (const [key, [min, max]] of Object.entries(result.data.ranges)) {
    const id = ids.get(key);
    if (id === undefined) {
      throw new InputError(`${name} has a range for "${key}", which is no tensor of ${graph.name}; remove it.`, {
        file: name,
        layer: key,
      });
    }
    ranges.set(id, { min, max });
  }
  return ranges;
}
