// Parts of an integer graph that stay float, and what their borders cost: conversions, and values that pass through them for each
// sample.

import { consumers, type Graph, producers } from '../graph/graph.ts';
import type { Op } from '../graph/op.ts';
import type { TensorId } from '../graph/tensor.ts';

export interface FloatIsland {
  /** Layers in it, or ops where there are none, in the order of the graph. */
  readonly layers: readonly string[];
  /** Why its first op stays float. */
  readonly reason: string;
  /** QUANTIZE and DEQUANTIZE on its borders. */
  readonly conversions: number;
  readonly values: number;
}

/** `integer` is what `quantize` made; `floatOps` are those of its placement, by name with the reason. */
export function floatIslands(integer: Graph, floatOps: ReadonlyMap<string, string>): FloatIsland[] {
  const [made, read] = [producers(integer), consumers(integer)];
  const isFloat = (op: Op | null): op is Op => op !== null && floatOps.has(op.name);
  const neighbours = (op: Op): Op[] => [
    ...op.inputs.flatMap((id) => (id === null ? [] : (made[id] ?? []))),
    ...op.outputs.flatMap((id) => read[id]),
  ];
  const seen = new Set<Op>();
  const islands: FloatIsland[] = [];
  for (const start of integer.ops) {
    if (!isFloat(start) || seen.has(start)) continue;
    const island = new Set<Op>([start]);
    for (const op of island) for (const other of neighbours(op)) if (isFloat(other)) island.add(other);
    const borders = new Set([...island].flatMap(neighbours).filter(isConversion));
    for (const op of island) seen.add(op);
    islands.push({
      layers: [...new Set([...island].map((op) => op.layers[0] ?? op.name))],
      reason: floatOps.get(start.name) ?? '',
      conversions: borders.size,
      values: [...borders].reduce((sum, { outputs }) => sum + perSample(integer, outputs[0]), 0),
    });
  }
  return islands;
}

const isConversion = ({ kind }: Op): boolean => kind === 'QUANTIZE' || kind === 'DEQUANTIZE';

const perSample = ({ tensors }: Graph, id: TensorId): number =>
  tensors[id].shape.slice(1).reduce<number>((product, size) => product * (size ?? 1), 1);

/** One sentence. */
export function describeIsland({ layers, reason, conversions, values }: FloatIsland): string {
  const shown =
    layers.length > 4 ? `${layers.slice(0, 4).join(', ')} and ${layers.length - 4} more` : layers.join(', ');
  const cost =
    conversions === 0
      ? ''
      : ` Its borders cost ${conversions} ${conversions === 1 ? 'conversion' : 'conversions'} of ${values.toLocaleString('en')} values a sample.`;
  return `${shown} ${layers.length === 1 ? 'stays' : 'stay'} float: ${reason}.${cost}`;
}
