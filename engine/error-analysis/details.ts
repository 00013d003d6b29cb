// Collects what the layer view shows while the errors of layers are measured: nothing is computed twice for it.

import { elementCount, type Shape } from '../graph/tensor.ts';
import { channelLayout } from '../quantization/fake-quantize.ts';
import type { Dataset } from '../training/dataset.ts';
import { addRanges, channelRanges, newTally, type RangeTally, short } from './channel-ranges.ts';
import { addValues, type Bins, histogramOf, newBins } from './histogram.ts';
import type { DetailsReport, Grid, InputPicture, LayerDetails, WorstInput } from './layer-details.ts';
import type { ModelPair } from './measure.ts';
import { weightDetails } from './weight-details.ts';

/** What one sample gave at a layer's output. */
export interface LayerSample {
  readonly name: string;
  readonly shape: Shape;
  readonly grid: Grid;
  readonly sample: number;
  /** The float model's values from `offset` on, and the integer model's codes. */
  readonly float: Float32Array;
  readonly offset: number;
  readonly codes: ArrayLike<number>;
  readonly zeroPoint: number;
  /** SQNR of this sample alone, dB. */
  readonly sqnr: number;
}

export interface DetailsCollector {
  add(sample: LayerSample): void;
  report(models: ModelPair, dataset: Dataset, images: number): DetailsReport;
}

const WORST = 4;
/** Pairs of a layer: so many samples, so many values of each. */
const PAIR_SAMPLES = 16;
const PAIRS_A_SAMPLE = 16;
/** Room beside the grid, as a share of it: where values are that it clips. */
const MARGIN = 0.125;

interface Collected {
  readonly first: LayerSample;
  readonly bins: Bins;
  readonly ranges: RangeTally | null;
  readonly float: number[];
  readonly integer: number[];
  worst: readonly WorstInput[];
}

export function collectDetails(): DetailsCollector {
  const layers = new Map<string, Collected>();
  return {
    add(sample) {
      let layer = layers.get(sample.name);
      if (layer === undefined) {
        layer = newCollected(sample);
        layers.set(sample.name, layer);
      }
      addSample(layer, sample);
    },
    report(models, dataset, images) {
      const details = [...layers.values()].map((layer) => layerDetails(models, layer));
      const named = new Set(details.flatMap(({ worst }) => worst.map(({ sample }) => sample)));
      const inputs = [...named].sort((a, b) => a - b).map((sample) => pictureOf(dataset, sample));
      return { version: 1, model: models.float.name, images, layers: details, inputs };
    },
  };
}

function newCollected(first: LayerSample): Collected {
  const { min, max } = first.grid;
  const margin = (max - min) * MARGIN;
  const channels = first.shape.length > 1 ? (first.shape.at(-1) ?? 1) : 1;
  return {
    first,
    bins: newBins(min - margin, max + margin, 80),
    ranges: channels > 1 ? newTally(channels) : null,
    float: [],
    integer: [],
    worst: [],
  };
}

function addSample(layer: Collected, sample: LayerSample): void {
  const { float, offset, codes, zeroPoint, grid, sqnr } = sample;
  const values = float.subarray(offset, offset + codes.length);
  addValues(layer.bins, values);
  if (layer.ranges) addRanges(layer.ranges, values, channelLayout([layer.ranges.min.length], 0));
  if (layer.float.length < PAIR_SAMPLES * PAIRS_A_SAMPLE) {
    const stride = Math.max(1, Math.floor(codes.length / PAIRS_A_SAMPLE));
    // Another start in each sample, so that all channels come into it.
    for (let i = sample.sample % stride; i < codes.length; i += stride) {
      if (!Number.isFinite(values[i])) continue;
      layer.float.push(short(values[i]));
      layer.integer.push(short((codes[i] - zeroPoint) * grid.scale));
    }
  }
  const last = layer.worst.at(-1);
  if (Number.isFinite(sqnr) && (layer.worst.length < WORST || (last !== undefined && sqnr < last.sqnr))) {
    layer.worst = [...layer.worst, { sample: sample.sample, sqnr: short(sqnr) }]
      .sort((a, b) => a.sqnr - b.sqnr)
      .slice(0, WORST);
  }
}

function layerDetails(models: ModelPair, { first, bins, ranges, float, integer, worst }: Collected): LayerDetails {
  const weights = weightDetails(models, first.name);
  return {
    name: first.name,
    ...(weights ? { weights } : {}),
    activations: {
      histogram: histogramOf(bins),
      grid: first.grid,
      ...(ranges ? { channels: channelRanges(ranges) } : {}),
    },
    pairs: { float, integer },
    worst,
  };
}

function pictureOf(dataset: Dataset, sample: number): InputPicture {
  const { inputShape, target } = dataset;
  const values = new Float32Array(elementCount(inputShape));
  const targets = new Float32Array(target.kind === 'class' ? 1 : elementCount(target.shape));
  dataset.read([sample], values, targets);
  const label = target.kind === 'class' ? { label: targets[0] } : {};
  const [height, width, channels = 1] = inputShape;
  const isImage = height > 1 && width > 1 && inputShape.length <= 3 && (channels === 1 || channels === 3);
  if (!isImage) return { sample, ...label };
  return { sample, ...label, image: { shape: [height, width, channels], pixels: toPixels(values) } };
}

/** Values spread over 0..255, whatever their preprocessing made of them. */
function toPixels(values: Float32Array): Uint8Array {
  const finite = values.filter(Number.isFinite);
  const min = finite.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const max = finite.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const perUnit = max > min ? 255 / (max - min) : 0;
  return Uint8Array.from(values, (value) => (Number.isFinite(value) ? Math.round((value - min) * perUnit) : 0));
}
