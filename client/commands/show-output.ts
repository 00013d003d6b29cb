import type { Context } from '../context.ts';

export const showOutput = ({ log }: Context): void => log.show();
