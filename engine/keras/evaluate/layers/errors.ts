// The catalogue's errors become the Python exceptions that Keras raises.

import { InputError } from '../../../errors.ts';
import { type Runtime, raise } from '../runtime.ts';

/** Runs a rule of the catalogue; what it refuses is a ValueError of the program at the call. */
export function asKeras<T>(run: Runtime, rule: () => T): T {
  try {
    return rule();
  } catch (error) {
    if (error instanceof InputError) return raise(run, 'ValueError', error.message);
    throw error;
  }
}
