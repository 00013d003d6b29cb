// What the rules see of a text apart from its models: its calls of TFMOT and Keras, and where the static run gave up.

import type { Stop } from '../keras/model.ts';
import type { ApiCall } from './api-calls.ts';

/** A place at which the static run gave up, in its text or in that of an import. */
export interface StoppedAt extends Stop {
  /** Variable or name of the model that is not complete for it; null where no model came of it at all. */
  readonly model: string | null;
}

export interface SourceFacts {
  readonly file: string;
  readonly calls: readonly ApiCall[];
  readonly stopped: readonly StoppedAt[];
}
