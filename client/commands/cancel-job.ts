import type { Context } from '../context.ts';

export const cancelJob = ({ jobs }: Context): void => jobs.cancel();
