// The range of each channel as a bar from its smallest to its largest value. A channel of zeros is marked at the axis.

import type { ChannelRanges } from '../layer-details.ts';
import { COLORS, frame, line, rectangle, type Size } from './frame.ts';

export function channelsChart({ channels, min, max, total }: ChannelRanges, title: string, size: Size): string {
  const low = min.reduce((a, b) => Math.min(a, b), 0);
  const high = max.reduce((a, b) => Math.max(a, b), 0);
  const label = channels.length < total ? `channel (${channels.length} of ${total}, by range)` : 'channel';
  return frame(
    {
      ...size,
      description: `${title} of ${channels.length} channels, between ${low} and ${high}`,
      x: { label, domain: [0, channels.length] },
      y: { label: title, domain: [low, high] },
    },
    (x, y) =>
      channels
        .map((_, index) => {
          const [left, width] = [x(index), Math.max(x(1) - x(0) - 1, 0.7)];
          if (min[index] === 0 && max[index] === 0)
            return rectangle(left, y(0) - 3, width, 6, COLORS.other, 'data-dead=""');
          return rectangle(left, y(max[index]), width, Math.max(y(min[index]) - y(max[index]), 0.5), COLORS.mark);
        })
        .join('') + line(x(0), y(0), x(channels.length), y(0), COLORS.quiet),
  );
}
