// A user's own algorithm at work on one tensor: what it gives is checked, what it throws is told as an error in its file, and
// what an observer leaves to us (rounding, gradient) is filled in.

import { InputError } from '../errors.ts';
import { activationQuantization, fixedGrid, nextPowerOfTwo } from './activation-quantization.ts';
import { settingsCodes } from './codes.ts';
import { fakeQuantizePerChannel, fakeQuantizePerChannelGradient, type Grid } from './fake-quantize.ts';
import type { OwnTensor } from './own-algorithms.ts';
import type { Range } from './ranges.ts';
import type { TensorSettings } from './settings.ts';
import { MIN_WEIGHT_SCALE } from './weight-quantization.ts';

export interface OwnRun {
  readonly tensor: OwnTensor;
  /** Floats of its state. */
  readonly stateSize: number;
  start(state: Float32Array, ranges: readonly Range[]): void;
  /** Does nothing where the algorithm does not observe. */
  observe(values: Float32Array, state: Float32Array): void;
  ranges(state: Float32Array): readonly Range[];
  grids(ranges: readonly Range[]): readonly Grid[];
  fakeQuantize(values: Float32Array, output: Float32Array, grids: readonly Grid[], state: Float32Array): void;
  gradient(
    outputGradient: Float32Array,
    values: Float32Array,
    valuesGradient: Float32Array,
    grids: readonly Grid[],
    state: Float32Array,
    stateGradient: Float32Array,
  ): void;
}

/** The part of a tensor's description that the settings do not say. */
type Place = Pick<OwnTensor, 'layer' | 'role' | 'channels' | 'size'>;

/** Null where the settings name no algorithm of the user's. */
export function ownRun(place: Place, settings: TensorSettings): OwnRun | null {
  if (!settings.own) return null;
  const { file, algorithm } = settings.own;
  const codes = settingsCodes(settings);
  const tensor: OwnTensor = { ...place, bits: settings.bits, symmetric: settings.symmetric, codes };
  const guarded = <T>(step: string, run: () => T): T => {
    try {
      return run();
    } catch (error) {
      if (error instanceof InputError) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      throw new InputError(`${step} of ${file} failed for the ${place.role} of ${place.layer}: ${reason}`, {
        file,
        layer: place.layer,
      });
    }
  };
  const isQuantizer = algorithm.kind === 'quantizer';
  const layout = { channels: place.channels, inner: 1 };
  return {
    tensor,
    stateSize: sizeOf(
      guarded('stateSize', () => algorithm.stateSize(tensor)),
      file,
      tensor,
    ),
    start: (state, ranges) => guarded('start', () => algorithm.start(state, tensor, ranges)),
    observe: (values, state) => guarded('observe', () => algorithm.observe?.(values, state, tensor)),
    ranges: (state) => {
      const given = guarded('ranges', () => algorithm.ranges(state, tensor));
      checkRanges(given, file, tensor);
      return given;
    },
    grids: (ranges) => ranges.map((range) => gridOf(range, settings, place.role)),
    fakeQuantize: (values, output, grids, state) => {
      if (isQuantizer) guarded('fakeQuantize', () => algorithm.fakeQuantize(values, output, grids, state, tensor));
      else fakeQuantizePerChannel(values, layout, grids, output);
    },
    gradient: (outputGradient, values, valuesGradient, grids, state, stateGradient) => {
      if (!isQuantizer) {
        fakeQuantizePerChannelGradient(outputGradient, values, layout, grids, valuesGradient);
        return;
      }
      guarded('gradient', () =>
        algorithm.gradient(outputGradient, values, valuesGradient, grids, state, stateGradient, tensor),
      );
    },
  };
}

function sizeOf(size: number, file: string, { layer, role }: OwnTensor): number {
  if (Number.isInteger(size) && size >= 0) return size;
  throw new InputError(`stateSize of ${file} gave ${size} for the ${role} of ${layer}; expected a whole number.`, {
    file,
    layer,
  });
}

function checkRanges(given: readonly Range[], file: string, { layer, role, channels }: OwnTensor): void {
  const problem = (text: string): InputError =>
    new InputError(`ranges of ${file} gave ${text} for the ${role} of ${layer}.`, { file, layer });
  if (!Array.isArray(given) || given.length !== channels) {
    throw problem(`${Array.isArray(given) ? given.length : 'no'} ranges instead of ${channels}`);
  }
  const bad = given.findIndex(({ min, max }) => !(Number.isFinite(min) && Number.isFinite(max) && min <= max));
  if (bad >= 0) throw problem(`the range ${given[bad].min} to ${given[bad].max}, not finite numbers in order,`);
}

/** Weights are symmetric: their one grid of a channel is the one that is made from the scale that is exported. */
function gridOf({ min, max }: Range, settings: TensorSettings, role: OwnTensor['role']): Grid {
  if (role === 'activations') return activationQuantization({ min, max }, settings);
  const codes = settingsCodes(settings);
  const scale = Math.max(Math.max(-min, max) / codes.max, MIN_WEIGHT_SCALE);
  return fixedGrid(settings.powerOfTwo ? nextPowerOfTwo(scale) : scale, 0, codes);
}
