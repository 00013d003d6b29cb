// Every command by its id without `quantlens.`. A command is a file, a line here and its entries in package.json.
import type { Context } from '../context.ts';

/** Arguments come from menus, code lenses and keybindings: each command checks its own. */
export type Command = (context: Context, ...args: readonly unknown[]) => unknown;

export const COMMANDS: { readonly [id: string]: () => Promise<Command> } = {
  train: async () => (await import('./train.ts')).train,
  quantize: async () => (await import('./train.ts')).quantize,
  inspect: async () => (await import('./inspect.ts')).inspect,
  openReport: async () => (await import('./open-report.ts')).openReport,
  showGraph: async () => (await import('./show-graph.ts')).showGraph,
  simulate: async () => (await import('./simulate.ts')).simulate,
  export: async () => (await import('./export.ts')).exportRun,
  newConfig: async () => (await import('./new-config.ts')).newConfig,
  openExample: async () => (await import('./open-example.ts')).openExample,
  openDraft: async () => (await import('./open-example.ts')).openDraft,
  compareRuns: async () => (await import('./compare-runs.ts')).compareRuns,
  resumeRun: async () => (await import('./manage-runs.ts')).resumeRun,
  renameRun: async () => (await import('./manage-runs.ts')).renameRun,
  deleteRun: async () => (await import('./manage-runs.ts')).deleteRun,
  revealRun: async () => (await import('./manage-runs.ts')).revealRun,
  doctor: async () => (await import('./doctor.ts')).doctor,
  jobActions: async () => (await import('./job-actions.ts')).jobActions,
  cancelJob: async () => (await import('./cancel-job.ts')).cancelJob,
  showOutput: async () => (await import('./show-output.ts')).showOutput,
  restartServer: async () => (await import('./restart-server.ts')).restartServer,
};
