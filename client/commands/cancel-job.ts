// Ends the job that runs; its run folder keeps the last checkpoint.

import type { Context } from '../context.ts';

export const cancelJob = ({ jobs }: Context): void => jobs.cancel();
