// Channels of very different size under one scale: the small ones get a few codes only.

import type { RuleContext } from './context.ts';
import { atLayer, type Finding, type FindingData } from './finding.ts';
import { layerOf } from './graph-view.ts';
import type { Rule } from './rule.ts';
import { livePeaks, weightsOfOps } from './weight-channels.ts';
import { count, decimal, quoted } from './words.ts';

interface Data extends FindingData {
  readonly layer: string;
  readonly ratio: number;
  readonly channels: number;
  /** Codes, of 255, that the smallest channel uses under one scale. */
  readonly codes: number;
  readonly perChannel: boolean;
}

/** The smallest channel has 127 / 16 ≈ 8 codes a side: 4 bits. */
const PER_TENSOR_RATIO = 16;
/** Each channel has its own scale then, but the requantization multipliers spread as far, and so do the outputs. */
const PER_CHANNEL_RATIO = 1024;

export const channelRangeRatio: Rule<Data> = {
  id: 'channel-range-ratio',
  title: 'The channels of a weight differ widely in range',
  category: 'weights',
  severity: 'information',
  severityOf: ({ perChannel }) => (perChannel ? 'information' : 'warning'),
  check: (context: RuleContext) =>
    weightsOfOps(context).flatMap((weights): Finding<Data>[] => {
      const peaks = livePeaks(weights);
      if (peaks.length < 2) return [];
      const [smallest, largest] = [Math.min(...peaks), Math.max(...peaks)];
      const ratio = largest / smallest;
      const { perChannel, channels, op } = weights;
      if (ratio < (perChannel ? PER_CHANNEL_RATIO : PER_TENSOR_RATIO)) return [];
      const layer = layerOf(op);
      const data = { layer, ratio, channels, codes: 2 * Math.round(127 / ratio) + 1, perChannel };
      return [atLayer('channel-range-ratio', data)];
    }),
  message({ layer, ratio, channels, codes, perChannel }) {
    const spread = `The largest of the ${count(channels)} channels of ${quoted(layer)}, its batch normalization folded in, is ${ratio >= 100 ? count(Math.round(ratio)) : decimal(ratio)} times the smallest`;
    return perChannel
      ? `${spread}. Each channel has its own scale, but its outputs share one: look at its error after calibration, and equalize the layers if it is high.`
      : `${spread}, so under one scale for all the smallest has ${codes} of 255 codes. Quantize it per channel, or equalize the layers first.`;
  },
};
