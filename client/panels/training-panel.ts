// The training panel: the running job's events as they come, and the way to pause, end, roll back or cancel it.
import type { FromTrainingPanel, ToTrainingPanel } from '../../protocol/webview-messages.ts';
import type { Context } from '../context.ts';
import type { Job, Outcome } from '../jobs/jobs.ts';
import { showErrorPanel } from './error-panel.ts';
import { saveAs } from './save-as.ts';
import { openWebview } from './webview.ts';

export interface TrainingPanel {
  /** The job has ended; the panel stays open with its curves. */
  ended(outcome: Outcome): void;
}

let closePrevious: (() => void) | undefined;

/** Opens a panel on the job that runs now, in place of that of an earlier one. */
export function showTrainingPanel(context: Context, title: string, job: Job): TrainingPanel {
  closePrevious?.();
  let folder = '';
  let last: ToTrainingPanel | undefined;
  const page = openWebview<ToTrainingPanel, FromTrainingPanel>(context, {
    name: 'training-view',
    title,
    receive: (message) => void receive(message),
  });
  const receive = async (message: FromTrainingPanel): Promise<void> => {
    if (message.kind === 'ready') {
      page.post({ kind: 'events', title, events: job.events });
      if (last) page.post(last);
    } else if (message.kind === 'open-errors') await showErrorPanel(context, folder);
    else if (message.kind === 'save') await saveAs(folder, message.fileName, message.content);
    else if (message.command === 'cancel') context.jobs.cancel();
    else context.jobs.control(message.command);
  };
  const listening = context.jobs.onEvent((event) => {
    if (event.kind === 'started') folder = event.folder;
    if (!last) page.post({ kind: 'event', event: { event, at: Date.now() } });
  });
  closePrevious = () => page.panel.dispose();
  page.panel.onDidDispose(() => {
    listening.dispose();
    closePrevious = undefined;
  });
  return {
    ended(outcome) {
      listening.dispose();
      const message = outcome.kind === 'failed' ? outcome.event.message : undefined;
      last = { kind: 'ended', outcome: outcome.kind, ...(message && { message }) };
      page.post(last);
    },
  };
}
