// What the layer view shows beyond the report's numbers: distributions with their grid, ranges by channel, pairs of values
// and the inputs that come out worst. Plain JSON, in a file of its own, since it is large and not every view reads it.

/** Counts of equal bins from `min` to `max`; values outside are counted in the first and the last. */
export interface Histogram {
  readonly min: number;
  readonly max: number;
  readonly counts: readonly number[];
}

/** Where codes lie on the axis of real numbers. */
export interface Grid {
  readonly min: number;
  readonly max: number;
  /** Distance of two codes; of weights with a scale a channel, the middle one. */
  readonly scale: number;
}

/** Smallest and largest value of each channel. */
export interface ChannelRanges {
  /** Channels that are told of: all, or those of the widest and the narrowest ranges where they are many. */
  readonly channels: readonly number[];
  readonly min: readonly number[];
  readonly max: readonly number[];
  /** Channels in all. */
  readonly total: number;
  /** Largest range over the smallest that is not 0; above about 30 one scale for all serves the small ones badly. */
  readonly ratio: number;
  /** Channels of zeros only. */
  readonly dead: number;
}

export interface Distribution {
  readonly histogram: Histogram;
  readonly grid: Grid;
  readonly channels?: ChannelRanges;
}

/** An input at which this layer's output is furthest from the float model's. */
export interface WorstInput {
  /** Index in the data. */
  readonly sample: number;
  /** SQNR of the layer's output for it alone, dB. */
  readonly sqnr: number;
}

export interface LayerDetails {
  /** Name of the op, as in the report. */
  readonly name: string;
  /** Float weights; of ops that have them. */
  readonly weights?: Distribution;
  /** The float model's outputs. */
  readonly activations: Distribution;
  /** Output values of the float and of the integer model, by pairs. */
  readonly pairs: { readonly float: readonly number[]; readonly integer: readonly number[] };
  /** The worst first. */
  readonly worst: readonly WorstInput[];
}

/** A sample that some layer's `worst` names. */
export interface InputPicture {
  readonly sample: number;
  /** Class number, where the data has classes. */
  readonly label?: number;
  /** [height, width, 1 or 3], and its values spread over 0..255; absent where the input is no image. */
  readonly image?: { readonly shape: readonly number[]; readonly pixels: Uint8Array };
}

export interface DetailsReport {
  readonly version: 1;
  readonly model: string;
  readonly images: number;
  readonly layers: readonly LayerDetails[];
  readonly inputs: readonly InputPicture[];
}
