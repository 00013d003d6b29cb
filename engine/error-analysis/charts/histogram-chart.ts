// A distribution with the quantization grid over it: what lies outside the two ends is clipped, and the steps are drawn where
// they can be told apart.

import type { Distribution } from '../layer-details.ts';
import { COLORS, frame, line, rectangle, type Size, svg } from './frame.ts';

/** Steps nearer than this are one gray, pixels. */
const LEAST_STEP = 3;

export function histogramChart({ histogram, grid }: Distribution, title: string, size: Size): string {
  const { min, max, counts } = histogram;
  const total = counts.reduce((sum, count) => sum + count, 0);
  const share = (count: number): number => (100 * count) / Math.max(total, 1);
  const highest = share(counts.reduce((a, b) => Math.max(a, b), 0));
  const domain = [Math.min(min, grid.min), Math.max(max, grid.max)] as const;
  return frame(
    {
      ...size,
      description: `${title}: from ${short(min)} to ${short(max)}; the grid goes from ${short(grid.min)} to ${short(grid.max)} in steps of ${short(grid.scale)}`,
      x: { label: title, domain },
      y: { label: '% of values', domain: [0, Math.max(highest, Number.MIN_VALUE)] },
    },
    (x, y, box) => {
      const bottom = box.top + box.height;
      const width = (x(max) - x(min)) / counts.length;
      const bars = counts.map((count, bin) =>
        rectangle(
          x(min) + bin * width,
          y(share(count)),
          Math.max(width - 0.5, 0.5),
          bottom - y(share(count)),
          COLORS.mark,
        ),
      );
      const [low, high] = [x(grid.min), x(grid.max)];
      const step = x(grid.min + grid.scale) - low;
      const steps =
        step < LEAST_STEP
          ? []
          : Array.from({ length: Math.round((high - low) / step) + 1 }, (_, code) =>
              line(low + code * step, box.top, low + code * step, bottom, COLORS.other, 'stroke-opacity="0.35"'),
            );
      const ends = [low, high].map((at) =>
        line(at, box.top, at, bottom, COLORS.other, 'stroke-width="1.5" stroke-dasharray="4 2"'),
      );
      return [...bars, ...steps, ...ends].join('');
    },
  );
}

/** A small one without axes, as a picture for a hover of the editor: a `data:` URI. */
export function histogramImage({ histogram, grid }: Distribution, description: string): string {
  const { min, max, counts } = histogram;
  const [width, height] = [240, 48];
  const highest = counts.reduce((a, b) => Math.max(a, b), 1);
  const [from, to] = [Math.min(min, grid.min), Math.max(max, grid.max)];
  const x = (value: number): number => (width * (value - from)) / Math.max(to - from, Number.MIN_VALUE);
  const bar = (x(max) - x(min)) / counts.length;
  const bars = counts.map((count, bin) => {
    const tall = (height * count) / highest;
    return rectangle(x(min) + bin * bar, height - tall, bar, tall, '#3b8eea');
  });
  const ends = [grid.min, grid.max].map((end) =>
    line(x(end), 0, x(end), height, '#d18616', 'stroke-width="2" stroke-dasharray="4 2"'),
  );
  return `data:image/svg+xml,${encodeURIComponent(svg({ width, height }, description, [...bars, ...ends].join('')))}`;
}

const short = (value: number): string => String(Number(value.toPrecision(3)));
