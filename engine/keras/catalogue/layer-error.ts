// The one form of an error about a layer: its name, its class, what is wrong and what Keras expects.

import { InputError } from '../../errors.ts';

export interface LayerPlace {
  readonly layer: string;
  readonly class: string;
}

export const layerError = (at: LayerPlace, problem: string): InputError =>
  new InputError(`Layer "${at.layer}" (${at.class}): ${problem}`, { layer: at.layer });
