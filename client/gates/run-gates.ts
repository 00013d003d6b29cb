// Runs the jobs of configs and says of each gate whether the run that they made keeps it.
import * as vscode from 'vscode';
import type { JobEvent } from '../../protocol/job-events.ts';
import type { Context } from '../context.ts';
import type { Outcome } from '../jobs/jobs.ts';
import { mayRunJobs } from '../trust.ts';

export async function runGates(
  context: Context,
  controller: vscode.TestController,
  request: vscode.TestRunRequest,
  token: vscode.CancellationToken,
): Promise<void> {
  if (!(await mayRunJobs())) return;
  const run = controller.createTestRun(request);
  for (const [config, gates] of byConfig(controller, request)) {
    for (const gate of gates) run.started(gate);
    if (token.isCancellationRequested) for (const gate of gates) run.skipped(gate);
    else await runConfig(context, run, config, gates, token);
  }
  run.end();
}

/** The gates that are asked for, by their config. */
function byConfig(
  controller: vscode.TestController,
  { include, exclude = [] }: vscode.TestRunRequest,
): Map<vscode.TestItem, vscode.TestItem[]> {
  const wanted = new Map<vscode.TestItem, vscode.TestItem[]>();
  const add = (item: vscode.TestItem): void => {
    if (exclude.includes(item)) return;
    if (!item.parent) {
      item.children.forEach(add);
      return;
    }
    const gates = wanted.get(item.parent) ?? [];
    if (!gates.includes(item)) gates.push(item);
    wanted.set(item.parent, gates);
  };
  if (include) for (const item of include) add(item);
  else controller.items.forEach(add);
  return wanted;
}

async function runConfig(
  context: Context,
  run: vscode.TestRun,
  config: vscode.TestItem,
  gates: readonly vscode.TestItem[],
  token: vscode.CancellationToken,
): Promise<void> {
  const cancelling = token.onCancellationRequested(() => context.jobs.cancel());
  const listening = context.jobs.onEvent((event) => {
    const line = lineOf(event);
    if (line !== undefined) run.appendOutput(`${line}\r\n`);
  });
  try {
    const request = { kind: 'train', config: config.uri!.fsPath } as const;
    report(run, gates, await context.jobs.run(request, vscode.l10n.t('Test the gates of {0}', config.label)));
  } catch (error) {
    const message = new vscode.TestMessage(error instanceof Error ? error.message : String(error));
    for (const gate of gates) run.errored(gate, message);
  } finally {
    cancelling.dispose();
    listening.dispose();
  }
}

function report(run: vscode.TestRun, gates: readonly vscode.TestItem[], outcome: Outcome): void {
  for (const gate of gates) {
    if (outcome.kind === 'cancelled') run.skipped(gate);
    else if (outcome.kind === 'failed') run.errored(gate, messageAt(gate, outcome.event.message));
    else {
      const result = outcome.event?.gates?.find(({ name }) => name === gate.label);
      if (result?.met) run.passed(gate);
      else if (result) run.failed(gate, messageAt(gate, result.message));
      else run.errored(gate, messageAt(gate, vscode.l10n.t('The run says nothing about {0}.', gate.label)));
    }
  }
}

function messageAt({ uri, range }: vscode.TestItem, text: string): vscode.TestMessage {
  const message = new vscode.TestMessage(text);
  if (uri && range) message.location = new vscode.Location(uri, range);
  return message;
}

function lineOf(event: JobEvent): string | undefined {
  switch (event.kind) {
    case 'phase':
    case 'warning':
    case 'note':
    case 'failed':
      return event.message;
    case 'epoch':
      return vscode.l10n.t('Epoch {0} of {1}', event.epoch, event.epochs);
    default:
      return undefined;
  }
}
