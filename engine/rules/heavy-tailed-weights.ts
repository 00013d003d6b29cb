// A few large weights set the scale, and most others share the codes near zero.

import type { RuleContext } from './context.ts';
import { atLayer, type Finding, type FindingData } from './finding.ts';
import { layerOf } from './graph-view.ts';
import type { Rule } from './rule.ts';
import { channelPeaks, type WeightsOfOp, weightsOfOps } from './weight-channels.ts';
import { decimal, quoted } from './words.ts';

interface Data extends FindingData {
  readonly layer: string;
  readonly kurtosis: number;
  /** Share of the weights, in percent, on codes −8 to 8. */
  readonly near: number;
}

/** A normal distribution has 3; a Laplace distribution, as trained weights often have, 6. */
const MOST = 20;
/** Fewer say little about a tail. */
const FEWEST = 256;

export const heavyTailedWeights: Rule<Data> = {
  id: 'heavy-tailed-weights',
  title: 'A few large weights make the steps of all others coarse',
  category: 'weights',
  severity: 'information',
  check: (context: RuleContext) =>
    weightsOfOps(context).flatMap((weights): Finding<Data>[] => {
      const { kurtosis, near } = tailOf(weights);
      if (!(kurtosis > MOST)) return [];
      const layer = layerOf(weights.op);
      const data = { layer, kurtosis, near: Math.round(near * 100) };
      return [atLayer('heavy-tailed-weights', data)];
    }),
  message: ({ layer, kurtosis, near }) =>
    `The weights of ${quoted(layer)} are heavy-tailed (kurtosis ${decimal(kurtosis)}, normal is 3): ${near} % of them fall on the 17 codes around zero of 255. Clip them by a percentile or mse range, or give the layer more bits.`,
};

/** In codes, so that each channel is measured against its own scale. */
function tailOf(weights: WeightsOfOp): { readonly kurtosis: number; readonly near: number } {
  const { data, channelOf, perChannel } = weights;
  if (data.length < FEWEST) return { kurtosis: 0, near: 0 };
  const peaks = channelPeaks(weights);
  const largest = peaks.reduce((a, b) => Math.max(a, b), 0);
  let used = 0;
  let sum = 0;
  let squares = 0;
  let fourths = 0;
  let near = 0;
  for (let index = 0; index < data.length; index++) {
    const peak = perChannel ? peaks[channelOf(index)] : largest;
    if (peak === 0) continue;
    const code = (data[index] / peak) * 127;
    used++;
    sum += code;
    squares += code ** 2;
    fourths += code ** 4;
    if (Math.abs(code) <= 8.5) near++;
  }
  if (used === 0 || squares === 0) return { kurtosis: 0, near: 0 };
  // The mean of a kernel is near zero; the fourth moment about zero is then that about the mean.
  const variance = squares / used - (sum / used) ** 2;
  return { kurtosis: fourths / used / variance ** 2, near: near / used };
}
