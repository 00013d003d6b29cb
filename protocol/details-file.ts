// `details.json` of a run: what the layer view shows, with the inputs as pictures.

import type { DetailsReport } from '../engine/error-analysis/layer-details.ts';

export interface DetailsFile extends Omit<DetailsReport, 'inputs'> {
  readonly inputs: readonly {
    readonly sample: number;
    /** Class number, where the data has classes. */
    readonly label?: number;
    /** A PNG as `data:` URI; absent where the input is no image. */
    readonly picture?: string;
  }[];
}
