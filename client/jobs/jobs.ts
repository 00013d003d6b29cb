// The running job: one at a time, with one status bar item, a log, and events that panels listen to.
import { dirname } from 'node:path';
import * as vscode from 'vscode';
import type { JobEvent } from '../../protocol/job-events.ts';
import type { JobControl, JobRequest } from '../../protocol/job-request.ts';
import type { TimedEvent } from '../../protocol/webview-messages.ts';
import { type JobProcess, startJob } from './job-process.ts';
import { createJobStatus } from './job-status.ts';

export type Outcome =
  | { readonly kind: 'done'; readonly event: Extract<JobEvent, { kind: 'done' }> | undefined }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'failed'; readonly event: Extract<JobEvent, { kind: 'failed' }> };

export interface Job {
  readonly request: JobRequest;
  /** All events so far: a panel that opens late reads them first. */
  readonly events: readonly TimedEvent[];
}

export interface Jobs extends vscode.Disposable {
  readonly current: Job | undefined;
  readonly onEvent: vscode.Event<JobEvent>;
  /** Fires when a job starts and when it has ended. */
  readonly onChange: vscode.Event<void>;
  run(request: JobRequest, title: string): Promise<Outcome>;
  control(command: JobControl): void;
  cancel(): void;
}

export function createJobs(module: string, log: vscode.LogOutputChannel): Jobs {
  const events = new vscode.EventEmitter<JobEvent>();
  const changes = new vscode.EventEmitter<void>();
  const status = createJobStatus();
  let current: { job: Job; process: JobProcess; cancelled: boolean } | undefined;

  const run = async (request: JobRequest, title: string): Promise<Outcome> => {
    if (current) throw new Error(vscode.l10n.t('A job is running. Wait for it, or cancel it in the status bar.'));
    const heard: TimedEvent[] = [];
    const lastLines: string[] = [];
    log.info(`${title}: ${JSON.stringify(request)}`);
    const process = startJob(module, { ...request, trusted: vscode.workspace.isTrusted }, folderOf(request), {
      event(event) {
        heard.push({ event, at: Date.now() });
        logEvent(log, event);
        status.event(event);
        events.fire(event);
      },
      text(line) {
        log.info(line);
        lastLines.push(line);
        if (lastLines.length > 20) lastLines.shift();
      },
    });
    current = { job: { request, events: heard }, process, cancelled: false };
    status.show(title);
    changes.fire();
    const code = await process.ended;
    const { cancelled } = current;
    current = undefined;
    status.hide();
    changes.fire();
    return outcome(
      request,
      heard.map(({ event }) => event),
      cancelled,
      code,
      lastLines,
    );
  };
  return {
    get current() {
      return current?.job;
    },
    onEvent: events.event,
    onChange: changes.event,
    run,
    control: (command) => current?.process.control(command),
    cancel() {
      if (!current) return;
      current.cancelled = true;
      current.process.cancel();
    },
    dispose() {
      current?.process.cancel();
      for (const each of [events, changes, status]) each.dispose();
    },
  };
}

/** Runs lie in the workspace folder of what the job is about, as the command line's lie where it is called. */
function folderOf(request: JobRequest): string {
  const subject = 'config' in request ? request.config : 'run' in request ? request.run : request.model;
  return vscode.workspace.getWorkspaceFolder(vscode.Uri.file(subject))?.uri.fsPath ?? dirname(subject);
}

function outcome(
  request: JobRequest,
  heard: readonly JobEvent[],
  cancelled: boolean,
  code: number | null,
  lines: readonly string[],
): Outcome {
  const failed = heard.findLast((event) => event.kind === 'failed');
  if (failed) return { kind: 'failed', event: failed };
  const done = heard.findLast((event) => event.kind === 'done');
  if (done) return { kind: 'done', event: done };
  if (cancelled) return { kind: 'cancelled' };
  if (code === 0) return { kind: 'done', event: undefined };
  const last = lines.at(-1);
  const message = [
    vscode.l10n.t('The job ended unexpectedly (exit {0}).', String(code ?? 'signal')),
    last,
    request.kind === 'train' && vscode.l10n.t('“QuantLens: Resume Run” goes on from its last checkpoint.'),
  ];
  return { kind: 'failed', event: { kind: 'failed', message: message.filter(Boolean).join(' ') } };
}

function logEvent(log: vscode.LogOutputChannel, event: JobEvent): void {
  switch (event.kind) {
    case 'warning':
      log.warn(event.message);
      return;
    case 'failed':
      log.error(event.message);
      return;
    case 'phase':
    case 'note':
      log.info(event.message);
      return;
    case 'report':
      log.info(vscode.l10n.t('Errors of {0} layers over {1} images.', event.report.layers.length, event.report.images));
      return;
    default:
      log.debug(JSON.stringify(event));
      return;
  }
}
