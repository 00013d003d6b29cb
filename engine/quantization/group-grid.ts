// From the ranges of a group's tensors to the one grid that they share.

import { InputError } from '../errors.ts';
import type { Graph } from '../graph/graph.ts';
import { activationQuantization, fixedGrid } from './activation-quantization.ts';
import { settingsCodes } from './codes.ts';
import type { Grid } from './fake-quantize.ts';
import type { Placement, ScaleGroup } from './placement.ts';
import type { Range, Ranges } from './ranges.ts';

/** Activations whose range must be observed: those of groups without a fixed scale or a range of the config's. */
export function observedTensors(placement: Placement): number[] {
  return placement.groups
    .filter((group) => group.fixed === undefined && group.settings.range === undefined)
    .flatMap((group) => group.tensors)
    .sort((a, b) => a - b);
}

/** The range that a group's grid spans: the config's, or all that its tensors and constants reach. */
export function groupRange(graph: Graph, group: ScaleGroup, ranges: Ranges): Range {
  const { range } = group.settings;
  if (range) return { min: range[0], max: range[1] };
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  const include = (part: Range): void => {
    min = Math.min(min, part.min);
    max = Math.max(max, part.max);
  };
  for (const id of group.tensors) {
    const observed = ranges.get(id);
    if (observed) include(observed);
  }
  for (const id of group.constants) {
    for (const value of graph.tensors[id].data ?? []) include({ min: Number(value), max: Number(value) });
  }
  const { name } = graph.tensors[group.tensors[0]];
  if (min > max) {
    throw new InputError(
      `No range is known for the output of "${name}": calibrate with data that reaches it, or give it a fixed range.`,
      { layer: name },
    );
  }
  if (!Number.isFinite(min) || !Number.isFinite(max)) {
    throw new InputError(
      `The values of "${name}" are not finite (range ${min} to ${max}): look for NaN in the data or for weights that exploded.`,
      { layer: name },
    );
  }
  return { min, max };
}

/** The grid of a group. Throws an InputError if its tensors never saw data, or saw values that are not finite. */
export function groupGrid(graph: Graph, group: ScaleGroup, ranges: Ranges): Grid {
  const { settings, fixed } = group;
  if (fixed) return fixedGrid(fixed.scale, fixed.zeroPoint, settingsCodes(settings));
  return activationQuantization(groupRange(graph, group, ranges), settings);
}

/**
 * Ranges of fixed scales besides the observed ones: what a layer needs whose op computes in float, where its kernel's own
 * scale is no more.
 */
export function withFixedRanges(placement: Placement, ranges: Ranges): Ranges {
  const all = new Map(ranges);
  for (const { fixed, settings, tensors } of placement.groups) {
    if (!fixed) continue;
    const codes = settingsCodes(settings);
    const range = {
      min: (codes.min - fixed.zeroPoint) * fixed.scale,
      max: (codes.max - fixed.zeroPoint) * fixed.scale,
    };
    for (const id of tensors) if (!all.has(id)) all.set(id, range);
  }
  return all;
}
