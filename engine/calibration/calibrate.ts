// Calibration: the range of each activation from data, by the observer that the settings name for it.

import { InputError } from '../errors.ts';
import type { Graph } from '../graph/graph.ts';
import type { TensorId } from '../graph/tensor.ts';
import { observedTensors } from '../quantization/group-grid.ts';
import { type Placement, placeQuantization } from '../quantization/placement.ts';
import type { Range, Ranges } from '../quantization/ranges.ts';
import type { QuantizationSettings, TensorSettings } from '../quantization/settings.ts';
import type { Dataset } from '../training/dataset.ts';
import { type FloatForward, programForward } from '../training/float-forward.ts';
import { BATCH, type CalibrationProgress, overBatches } from './batches.ts';
import { addToHistogram, type Histogram, newHistogram } from './histogram.ts';
import { extremes, OBSERVERS } from './observers.ts';
import { OwnObservers } from './own-observers.ts';

export interface CalibrationOptions {
  /** What computes the activations; the training kernels if it is left out. */
  readonly forward?: FloatForward;
  readonly placement?: Placement;
}

/** Ranges from all samples of `dataset`, of a graph that is fused and folded. */
export function calibrate(
  graph: Graph,
  dataset: Dataset,
  settings: QuantizationSettings,
  options: CalibrationOptions = {},
): Ranges {
  const steps = calibrationSteps(graph, dataset, settings, options);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** As `calibrate`, pausing after each batch to say how far it is; it can be left at any pause. */
export function* calibrationSteps(
  graph: Graph,
  dataset: Dataset,
  settings: QuantizationSettings,
  options: CalibrationOptions = {},
): Generator<CalibrationProgress, Ranges, void> {
  if (dataset.size === 0) throw new InputError(`"${dataset.name}" has no samples to calibrate with.`);
  const placement = options.placement ?? placeQuantization(graph, settings);
  const watched = watchedTensors(graph, placement);
  const forward = options.forward ?? programForward(graph, BATCH);
  try {
    const deep = watched.filter(({ settings: { observer } }) => OBSERVERS[observer].needs === 'histogram');
    const total = dataset.size * (deep.length > 0 ? 2 : 1);
    const batches = new Map<TensorId, Range[]>(watched.map(({ id }) => [id, []]));
    const own = new OwnObservers(graph, watched);
    yield* overBatches(dataset, forward, 0, total, () => {
      for (const { id } of watched) batches.get(id)?.push(finite(graph, id, extremes(forward.tensor(id))));
      own.see(forward);
    });
    const histograms = new Map(deep.map(({ id }) => [id, newHistogram(union(batches.get(id) ?? []))]));
    if (deep.length > 0) {
      yield* overBatches(dataset, forward, dataset.size, total, () => {
        for (const [id, histogram] of histograms) addToHistogram(histogram, forward.tensor(id));
      });
    }
    return new Map(watched.map((tensor) => [tensor.id, own.range(tensor.id) ?? rangeOf(tensor, batches, histograms)]));
  } finally {
    if (!options.forward) forward.close();
  }
}

export interface Watched {
  readonly id: TensorId;
  readonly settings: TensorSettings;
}

/** Inputs keep all that was seen: images reach their ends in nearly every batch, and clipping them gains nothing. */
function watchedTensors(graph: Graph, placement: Placement): Watched[] {
  return observedTensors(placement).map((id) => {
    const settings = placement.groupOf.get(id)?.settings ?? placement.settings.defaults.activations;
    return {
      id,
      settings: graph.inputs.includes(id) ? { ...settings, observer: 'min-max', own: undefined } : settings,
    };
  });
}

function rangeOf(
  { id, settings }: Watched,
  batches: ReadonlyMap<TensorId, readonly Range[]>,
  histograms: ReadonlyMap<TensorId, Histogram>,
): Range {
  const observer = OBSERVERS[settings.observer];
  const histogram = histograms.get(id);
  if (observer.needs === 'histogram' && histogram) return observer.range(histogram, settings);
  const seen = batches.get(id) ?? [];
  const all = union(seen);
  return observer.needs === 'extremes' ? observer.range({ batches: seen, all }) : all;
}

function union(ranges: readonly Range[]): Range {
  return {
    min: ranges.reduce((low, { min }) => Math.min(low, min), Number.POSITIVE_INFINITY),
    max: ranges.reduce((high, { max }) => Math.max(high, max), Number.NEGATIVE_INFINITY),
  };
}

function finite(graph: Graph, id: TensorId, range: Range): Range {
  if (Number.isFinite(range.min) && Number.isFinite(range.max)) return range;
  const { name } = graph.tensors[id];
  throw new InputError(
    `The output of "${name}" is not finite on the calibration data: look for NaN in the data or for weights that exploded.`,
    { layer: name },
  );
}
