// Float values across, those of the integer model up: on the diagonal both are the same.

import type { LayerDetails } from '../layer-details.ts';
import { COLORS, frame, line, px, type Size } from './frame.ts';

export function pairsChart({ float, integer }: LayerDetails['pairs'], size: Size): string {
  const all = [...float, ...integer];
  const min = all.reduce((a, b) => Math.min(a, b), 0);
  const max = all.reduce((a, b) => Math.max(a, b), 0);
  const domain = [min, max] as const;
  return frame(
    {
      ...size,
      description: `${float.length} outputs of the integer model against the float model's: on the diagonal both are the same`,
      x: { label: 'float', domain },
      y: { label: 'integer', domain },
    },
    (x, y) =>
      line(x(min), y(min), x(max), y(max), COLORS.quiet, 'stroke-dasharray="4 3"') +
      float
        .map(
          (value, index) =>
            `<circle cx="${px(x(value))}" cy="${px(y(integer[index]))}" r="1.8" fill="${COLORS.mark}"/>`,
        )
        .join(''),
  );
}
