// `keras.applications`: built by our own sources of the common models, where the installed package's text is not at hand.

import type { Lookup } from '../make-module.ts';
export const applicationsMember: Lookup = () => undefined;
