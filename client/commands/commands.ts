// Every command by its id without `quantlens.`. A command is a file, a line here and its entries in package.json.
import type { Context } from '../context.ts';

/** Arguments come from menus, code lenses and keybindings: each command checks its own. */
export type Command = (context: Context, ...args: readonly unknown[]) => unknown;

export const COMMANDS: { readonly [id: string]: () => Promise<Command> } = {
  showOutput: async () => (await import('./show-output.ts')).showOutput,
  restartServer: async () => (await import('./restart-server.ts')).restartServer,
};
