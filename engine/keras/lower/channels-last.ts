// The graph is NHWC, as TFLite is.

import { isChannelsFirst } from '../catalogue/config-values.ts';
import { layerError } from '../catalogue/layer-error.ts';
import type { LowerContext } from './lower-context.ts';

/** Throws for a layer whose data has its channels first. */
export function channelsLast({ application }: LowerContext): void {
  if (!isChannelsFirst(application.config)) return;
  throw layerError(
    application,
    'data_format="channels_first" has no form in TFLite, which is NHWC. Build the model with "channels_last".',
  );
}
