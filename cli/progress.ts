// A job's events on standard error: one line that moves on a terminal, plain lines elsewhere.

import type { JobEvent } from '../protocol/job-events.ts';
import { say, stderrColors } from './terminal.ts';

export interface Progress {
  event(event: JobEvent): void;
  /** Ends the moving line. */
  end(): void;
}

const BAR_WIDTH = 24;

export function createProgress(): Progress {
  return process.stderr.isTTY ? movingLine() : plainLines();
}

function movingLine(): Progress {
  let shown = false;
  let epoch = '';
  const draw = (text: string): void => {
    const width = (process.stderr.columns ?? 80) - 1;
    process.stderr.write(`\r\x1b[2K${text.slice(0, width)}`);
    shown = true;
  };
  const end = (): void => {
    if (shown) process.stderr.write('\r\x1b[2K');
    shown = false;
  };
  return {
    end,
    event(event) {
      if (event.kind === 'progress') {
        const filled = Math.round((BAR_WIDTH * event.done) / Math.max(event.total, 1));
        const bar = `${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)}`;
        draw(`  ${bar} ${event.done}/${event.total}${rate(event.perSecond)} ${epoch}`);
      } else if (event.kind === 'step') {
        epoch = `loss ${event.loss.toFixed(4)}`;
      } else {
        end();
        if (event.kind === 'phase') epoch = '';
        sayEvent(event);
      }
    },
  };
}

function plainLines(): Progress {
  let lastTenth = 0;
  return {
    end: () => {},
    event(event) {
      if (event.kind === 'progress') {
        const tenth = Math.floor((10 * event.done) / Math.max(event.total, 1));
        if (tenth > lastTenth && tenth % 5 === 0) say(`  ${event.done}/${event.total}${rate(event.perSecond)}`);
        lastTenth = tenth;
      } else {
        if (event.kind === 'phase') lastTenth = 0;
        sayEvent(event);
      }
    },
  };
}

function sayEvent(event: JobEvent): void {
  const text = eventText(event);
  if (text !== undefined) say(text);
}

function eventText(event: JobEvent): string | undefined {
  switch (event.kind) {
    case 'phase':
      return `${stderrColors.cyan('•')} ${event.message}`;
    case 'epoch': {
      const { epoch, epochs, loss, accuracy, validationAccuracy } = event;
      return `  epoch ${epoch}/${epochs}: loss ${loss.toFixed(4)}${share('accuracy', accuracy)}${share('validation', validationAccuracy)}`;
    }
    case 'warning':
      return `${stderrColors.yellow('warning')}: ${event.message}`;
    default:
      return undefined;
  }
}

function share(name: string, value: number | undefined): string {
  return value === undefined ? '' : `, ${name} ${(100 * value).toFixed(2)} %`;
}

function rate(perSecond: number | undefined): string {
  return perSecond === undefined ? '' : `, ${perSecond.toFixed(perSecond < 10 ? 1 : 0)}/s`;
}
