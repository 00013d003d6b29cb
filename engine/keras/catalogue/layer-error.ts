// The one form of an error about a layer: its name, its class, what is wrong and what Keras expects.

import { InputError } from '../../errors.ts';

export const layerError = (at: { readonly layer: string; readonly class: string }, problem: string): InputError =>
  new InputError(`Layer "${at.layer}" (${at.class}): ${problem}`, { layer: at.layer });
