// Size of the weights against the SQNR that is to be expected: each point is a mix of bits that no other beats in both.

import type { AdvicePoint } from '../advice-report.ts';
import { COLORS, frame, px, type Size } from './frame.ts';

/** `chosen`: index of the point that is taken, drawn as a square. */
export function paretoChart(points: readonly AdvicePoint[], chosen: number, size: Size): string {
  const sqnr = points.map((point) => point.sqnr);
  const bytes = points.map((point) => point.bytes / 1024);
  return frame(
    {
      ...size,
      description: `${points.length} mixes of bits by size of the weights and expected SQNR of the output`,
      x: { label: 'weights, KiB', domain: [0, Math.max(...bytes)] },
      y: { label: 'SQNR, dB', domain: [Math.min(...sqnr, 0), Math.max(...sqnr)] },
    },
    (x, y) => {
      const path = points.map((_, i) => `${i === 0 ? 'M' : 'L'}${px(x(bytes[i]))} ${px(y(sqnr[i]))}`).join('');
      const marks = points.map((_, i) =>
        i === chosen
          ? `<rect x="${px(x(bytes[i]) - 5)}" y="${px(y(sqnr[i]) - 5)}" width="10" height="10" fill="${COLORS.other}"/>`
          : `<circle cx="${px(x(bytes[i]))}" cy="${px(y(sqnr[i]))}" r="3" fill="${COLORS.mark}"/>`,
      );
      return `<path d="${path}" fill="none" stroke="${COLORS.quiet}"/>${marks.join('')}`;
    },
  );
}
