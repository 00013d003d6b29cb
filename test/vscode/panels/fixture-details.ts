// Distributions of the layers of the fixture's report, and mixes of bits, as a run's files hold them.
import type { AdviceReport } from '../../../engine/error-analysis/advice-report.ts';
import type { Distribution } from '../../../engine/error-analysis/layer-details.ts';
import type { DetailsFile } from '../../../protocol/details-file.ts';
import { fixtureReport } from './fixture-report.ts';

/** A gray square as a PNG of one pixel. */
const PICTURE =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==';

export function fixtureDetails(): DetailsFile {
  const { layers, model, images } = fixtureReport();
  return {
    version: 1,
    model,
    images,
    layers: layers.map(({ name, op }, index) => ({
      name,
      ...(op === 'ADD' ? {} : { weights: distribution(-1, 1, 0.02, 16 + index) }),
      activations: distribution(0, 6, 0.0235, 16 + index),
      pairs: {
        float: Array.from({ length: 200 }, (_, i) => i / 40),
        integer: Array.from({ length: 200 }, (_, i) => i / 40 + 0.05 * Math.sin(i)),
      },
      worst: [
        { sample: 3, sqnr: 21.4 },
        { sample: 8, sqnr: 23 },
      ],
    })),
    inputs: [{ sample: 3, label: 7, picture: PICTURE }, { sample: 8 }],
  };
}

function distribution(min: number, max: number, scale: number, channels: number): Distribution {
  const counts = Array.from({ length: 64 }, (_, bin) => Math.round(1000 * Math.exp(-((bin - 32) ** 2) / 150)));
  const numbers = Array.from({ length: channels }, (_, index) => index);
  return {
    histogram: { min, max, counts },
    grid: { min: min * 0.9, max: max * 0.9, scale },
    channels: {
      channels: numbers,
      min: numbers.map((index) => (index === 4 ? 0 : min)),
      max: numbers.map((index) => (index === 4 ? 0 : (max * (index + 1)) / channels)),
      total: channels,
      ratio: channels,
      dead: 1,
    },
  };
}

export function fixtureAdvice(): AdviceReport {
  const names = fixtureReport().layers.map(({ name }) => name);
  const points = names.map((_, count) => ({
    bytes: 80_000 - 4000 * count,
    sqnr: 35 - 2 * count,
    loss: 0.002 * count,
    bits: Object.fromEntries(names.map((name, index) => [name, index < count ? 4 : 8])),
    overrides: names.slice(0, count).map((name) => ({ match: { name }, weights: { bits: 4 } })),
  }));
  return { version: 1, model: 'ic_resnet8', images: 2000, float: 0.8719, points };
}
