// Channels whose weights are all zero: they cost as much as the others and give a constant.

import type { RuleContext } from './context.ts';
import { atLayer, type Finding, type FindingData } from './finding.ts';
import { layerOf } from './graph-view.ts';
import type { Rule } from './rule.ts';
import { deadChannels, weightsOfOps } from './weight-channels.ts';
import { count, quoted } from './words.ts';

interface Data extends FindingData {
  readonly layer: string;
  readonly dead: number;
  readonly channels: number;
  readonly first: readonly number[];
}

export const deadChannel: Rule<Data> = {
  id: 'dead-channel',
  title: 'Channels of a weight are zero',
  category: 'weights',
  severity: 'information',
  check: (context: RuleContext) =>
    weightsOfOps(context).flatMap((weights): Finding<Data>[] => {
      const dead = deadChannels(weights);
      if (dead.length === 0) return [];
      const layer = layerOf(weights.op);
      const data = { layer, dead: dead.length, channels: weights.channels, first: dead.slice(0, 8) };
      return [atLayer('dead-channel', data)];
    }),
  message({ layer, dead, channels, first }) {
    const which = `${first.join(', ')}${dead > first.length ? ', …' : ''}`;
    return dead === channels
      ? `All ${count(channels)} channels of ${quoted(layer)} have zero weights: it gives its bias, whatever goes in. Load trained weights.`
      : `${count(dead)} of the ${count(channels)} output channels of ${quoted(layer)} (${which}) have weights of zero, or next to it: they cost time and flash and give a constant. Prune them.`;
  },
};
