// Mixed precision by restoring: the layers that cost the most score get more precision, until the model drops no more than is
// allowed. The caller scores each proposal, with whatever it trusts: the integer simulator over validation data.

import type { Graph } from '../graph/graph.ts';
import type { Op } from '../graph/op.ts';
import { layerNames, resolveLayerSettings } from '../quantization/layer-settings.ts';
import type { LayerOverride, LayerSettings, QuantizationSettings } from '../quantization/settings.ts';
import type { LayerEffect, Sensitivity } from './report.ts';

/** What a layer gets, and why. */
export interface Restoration {
  /** Name of the op. */
  readonly op: string;
  readonly override: LayerOverride;
  /** A full sentence. */
  readonly reason: string;
}

/** To be scored with `settings`; the score goes back in through `next`. */
export interface Proposal {
  readonly settings: QuantizationSettings;
  readonly restored: readonly Restoration[];
}

export interface Restored extends Proposal {
  /** Score as measured. */
  readonly score: number;
  /** Whether it drops no more than allowed. False: not even with every layer restored. */
  readonly met: boolean;
}

export interface RestoreLimits {
  /** Of the float model, in the caller's unit, as are the scores that come back. */
  readonly floatScore: number;
  readonly maxDrop: number;
  /** The score without any restored layer. */
  readonly score: number;
}

/**
 * Proposes the 1, 2, 4, … worst layers, then fewer again by halves: few scores for many layers. Layers are taken by what
 * restoring them alone regains.
 */
export function* restoreUntil(
  graph: Graph,
  settings: QuantizationSettings,
  sensitivity: Sensitivity,
  { floatScore, maxDrop, score }: RestoreLimits,
): Generator<Proposal, Restored, number> {
  const worst = restorations(graph, settings, sensitivity);
  const enough = (measured: number): boolean => floatScore - measured <= maxDrop;
  const proposalOf = (count: number): Proposal => {
    const restored = worst.slice(0, count);
    return { settings: withOverrides(settings, restored), restored };
  };
  if (enough(score) || worst.length === 0) return { ...proposalOf(0), score, met: enough(score) };
  let [low, high] = [0, 0];
  let found: Restored | null = null;
  let last = score;
  for (let count = 1; found === null; count = Math.min(count * 2, worst.length)) {
    last = yield proposalOf(count);
    if (enough(last)) found = { ...proposalOf(count), score: last, met: true };
    else if (count === worst.length) return { ...proposalOf(count), score: last, met: false };
    else low = count;
    high = count;
  }
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    const measured: number = yield proposalOf(middle);
    if (enough(measured)) {
      found = { ...proposalOf(middle), score: measured, met: true };
      high = middle;
    } else low = middle;
  }
  return found;
}

/** Every layer that can be restored, the one that regains most first. */
export function restorations(graph: Graph, settings: QuantizationSettings, sensitivity: Sensitivity): Restoration[] {
  const { byName, defaults } = resolveLayerSettings(graph, settings);
  return graph.ops
    .flatMap((op) => {
      const effect = sensitivity.effects[op.name];
      const own = byName.get(op.name) ?? defaults;
      return effect && !own.skip ? [{ effect, restoration: restorationOf(op, own, effect) }] : [];
    })
    .sort((a, b) => b.effect.restored - a.effect.restored || gainOf(b.effect) - gainOf(a.effect))
    .map(({ restoration }) => restoration);
}

/** An exact output is the best there is. */
const gainOf = ({ restoredSqnr }: LayerEffect): number => restoredSqnr ?? Number.POSITIVE_INFINITY;

/** Few bits become 8; what has 8 already becomes float, which every runtime of LiteRT can run between. */
function restorationOf(op: Op, own: LayerSettings, effect: LayerEffect): Restoration {
  const [name] = layerNames(op);
  const match = { name };
  const few = own.weights.bits < 8 || own.activations.bits < 8;
  const eight = {
    ...(own.weights.bits < 8 ? { weights: { bits: 8, observer: 'min-max' as const } } : {}),
    ...(own.activations.bits < 8 ? { activations: { bits: 8 } } : {}),
  };
  const override: LayerOverride = few ? { match, ...eight } : { match, skip: true };
  const points = (100 * effect.restored).toFixed(2);
  const reason = `${name} gets ${few ? '8 bits' : 'float'}: restored alone it regains ${points} points, and the output's SQNR is then ${effect.restoredSqnr === null ? 'perfect' : `${effect.restoredSqnr.toFixed(1)} dB`}.`;
  return { op: op.name, override, reason };
}

const withOverrides = (settings: QuantizationSettings, restored: readonly Restoration[]): QuantizationSettings => ({
  ...settings,
  overrides: [...settings.overrides, ...restored.map(({ override }) => override)],
});
