// A histogram as a line of text, for editors whose hovers show no pictures.
import type { Distribution } from '../../engine/error-analysis/layer-details.ts';

const BARS = '▁▂▃▄▅▆▇█';
const BINS = 16;

/** `-1.5 ▁▂█▅▁ 3`: the largest count is the highest bar; where there is none it is blank. */
export function histogramLine({ min, max, counts }: Distribution['histogram']): string {
  const size = Math.ceil(counts.length / BINS);
  const bins: number[] = [];
  for (let at = 0; at < counts.length; at += size) {
    bins.push(counts.slice(at, at + size).reduce((sum, count) => sum + count, 0));
  }
  const most = Math.max(...bins, 1);
  const bars = bins.map((count) => (count === 0 ? '\u2007' : BARS[Math.ceil((count / most) * BARS.length) - 1]));
  return `${Number(min.toPrecision(3))} \`${bars.join('')}\` ${Number(max.toPrecision(3))}`;
}
