// Starts the language server anew.

import type { Context } from '../context.ts';

export const restartServer = ({ server }: Context): Promise<void> => server.restart();
