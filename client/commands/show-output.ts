// Shows what the extension and its jobs have logged.

import type { Context } from '../context.ts';

export const showOutput = ({ log }: Context): void => log.show();
