// Mixed-precision advice: from what each layer's weights cost in bits and in error, the settings that are best at their size.
// Errors of layers are taken to add up at the model's output, which holds while they are small.

import type { Graph } from '../graph/graph.ts';
import { elementCount } from '../graph/tensor.ts';
import { layerNames } from '../quantization/layer-settings.ts';
import { OP_POLICY } from '../quantization/op-policy.ts';
import type { AdvicePoint } from './advice-report.ts';
import type { Sensitivity } from './report.ts';

/** Sensitivities that were measured with all weights at so many bits. */
export interface MeasuredBits {
  readonly bits: number;
  readonly sensitivity: Sensitivity;
}

/** SQNR of a model without any error, dB: JSON has no infinity, and float32 itself has about 150. */
const EXACT = 150;

interface Choice {
  readonly bits: number;
  readonly bytes: number;
  /** Power of the error at the output, as a share of the output's own. */
  readonly noise: number;
  /** Score that the float model loses if this layer alone has so many bits. */
  readonly loss: number;
}

/**
 * The points of the front, from the most bits to the fewest: each next one takes the bits from the layer where they are
 * missed least for the bytes that they save.
 */
export function paretoFront(graph: Graph, measured: readonly MeasuredBits[]): readonly AdvicePoint[] {
  const layers = layersOf(graph, measured);
  const chosen = layers.map(() => 0);
  const pointOf = (): AdvicePoint => {
    const picks = layers.map(({ choices }, index) => choices[chosen[index]]);
    const noise = picks.reduce((sum, pick) => sum + pick.noise, 0);
    return {
      bytes: picks.reduce((sum, { bytes }) => sum + bytes, 0),
      sqnr: noise === 0 ? EXACT : -10 * Math.log10(noise),
      loss: picks.reduce((sum, { loss }) => sum + loss, 0),
      bits: Object.fromEntries(layers.flatMap(({ ops }, index) => ops.map((op) => [op, picks[index].bits]))),
      overrides: layers.flatMap(({ name }, index) =>
        chosen[index] === 0 ? [] : [{ match: { name }, weights: { bits: picks[index].bits } }],
      ),
    };
  };
  const front = layers.length === 0 ? [] : [pointOf()];
  for (;;) {
    const next = layers
      .map(({ choices }, index) => ({ index, price: priceOf(choices, chosen[index]) }))
      .filter(({ price }) => Number.isFinite(price))
      .sort((a, b) => a.price - b.price)[0];
    if (next === undefined) return front;
    chosen[next.index]++;
    front.push(pointOf());
  }
}

/** A layer as an override names it, with all of its ops: a separable convolution is two. */
interface Layer {
  readonly name: string;
  readonly ops: readonly string[];
  /** The most bits first. */
  readonly choices: readonly Choice[];
}

function layersOf(graph: Graph, measured: readonly MeasuredBits[]): readonly Layer[] {
  const ops = new Map<string, { readonly name: string; readonly count: number }[]>();
  for (const op of graph.ops) {
    const count = weightCount(graph, op.name);
    const [layer] = layerNames(op);
    if (count !== null && measured.every(({ sensitivity }) => sensitivity.effects[op.name])) {
      ops.set(layer, [...(ops.get(layer) ?? []), { name: op.name, count }]);
    }
  }
  return [...ops].map(([name, own]) => ({
    name,
    ops: own.map((op) => op.name),
    choices: measured.map((each) => choiceOf(own, each)).sort((a, b) => b.bits - a.bits),
  }));
}

function choiceOf(
  ops: readonly { readonly name: string; readonly count: number }[],
  { bits, sensitivity }: MeasuredBits,
): Choice {
  const effects = ops.map(({ name }) => sensitivity.effects[name]);
  return {
    bits,
    bytes: ops.reduce((sum, { count }) => sum + Math.ceil((count * bits) / 8), 0),
    noise: effects.reduce((sum, { aloneSqnr }) => sum + (aloneSqnr === null ? 0 : 10 ** (-aloneSqnr / 10)), 0),
    loss: effects.reduce((sum, { alone }) => sum + Math.max(alone, 0), 0),
  };
}

/** Noise that each saved byte costs with the next fewer bits; infinite where there are none. */
function priceOf(choices: readonly Choice[], at: number): number {
  const [now, next] = [choices[at], choices[at + 1]];
  return next === undefined ? Number.POSITIVE_INFINITY : (next.noise - now.noise) / Math.max(now.bytes - next.bytes, 1);
}

export type Budget = { readonly sqnr: number } | { readonly loss: number } | { readonly bytes: number };

/** The smallest point whose output is as good as asked for, or the best there is within so many bytes. */
export function withinBudget(front: readonly AdvicePoint[], budget: Budget): AdvicePoint | null {
  if ('bytes' in budget) return front.find(({ bytes }) => bytes <= budget.bytes) ?? null;
  if ('loss' in budget) return front.filter(({ loss }) => loss <= budget.loss).at(-1) ?? null;
  return front.filter(({ sqnr }) => sqnr >= budget.sqnr).at(-1) ?? null;
}

function weightCount(graph: Graph, name: string): number | null {
  const op = graph.ops.find((each) => each.name === name);
  const policy = op && OP_POLICY[op.kind];
  if (!op || policy?.kind !== 'weighted') return null;
  const id = op.inputs[policy.weights] ?? null;
  return id === null ? null : elementCount(graph.tensors[id].shape);
}
