// A job's events on standard error: one line that moves on a terminal, plain lines elsewhere.

import type { MetricName } from '../engine/config/schema.ts';
import { formatScore } from '../host/runs/format.ts';
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
  const score = scoreTeller();
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
      score.hear(event);
      if (event.kind === 'progress') {
        const filled = Math.round((BAR_WIDTH * event.done) / Math.max(event.total, 1));
        const bar = `${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)}`;
        draw(`  ${bar} ${event.done}/${event.total}${rate(event.perSecond)} ${epoch}`);
      } else if (event.kind === 'step') {
        epoch = `loss ${event.loss.toFixed(4)}`;
      } else {
        end();
        if (event.kind === 'phase') epoch = '';
        sayEvent(event, score);
      }
    },
  };
}

function plainLines(): Progress {
  const score = scoreTeller();
  let lastTenth = 0;
  return {
    end: () => {},
    event(event) {
      score.hear(event);
      if (event.kind === 'progress') {
        const tenth = Math.floor((10 * event.done) / Math.max(event.total, 1));
        if (tenth > lastTenth && tenth % 5 === 0) say(`  ${event.done}/${event.total}${rate(event.perSecond)}`);
        lastTenth = tenth;
      } else {
        if (event.kind === 'phase') lastTenth = 0;
        sayEvent(event, score);
      }
    },
  };
}

interface ScoreTeller {
  hear(event: JobEvent): void;
  /** A score in the words of the job's metric. */
  text(score: number): string;
}

function scoreTeller(): ScoreTeller {
  let metric: MetricName = 'accuracy';
  return {
    hear(event) {
      if (event.kind === 'started') metric = event.metric ?? metric;
    },
    text: (score) => formatScore(metric, score),
  };
}

function sayEvent(event: JobEvent, score: ScoreTeller): void {
  const text = eventText(event, score);
  if (text !== undefined) say(text);
}

function eventText(event: JobEvent, { text: score }: ScoreTeller): string | undefined {
  switch (event.kind) {
    case 'phase':
      return `${stderrColors.cyan('•')} ${event.message}`;
    case 'epoch': {
      const { epoch, epochs, loss, accuracy, validationScore, int8Score } = event;
      const scores = [
        ...(accuracy === undefined ? [] : [`accuracy ${formatScore('accuracy', accuracy)}`]),
        ...(validationScore === undefined ? [] : [`validation ${score(validationScore)}`]),
        ...(int8Score === undefined ? [] : [`int8 ${score(int8Score)}`]),
      ];
      return `  epoch ${epoch}/${epochs}: ${[`loss ${loss.toFixed(4)}`, ...scores].join(', ')}`;
    }
    case 'note':
      return `  ${event.message}`;
    case 'warning':
      return `${stderrColors.yellow('warning')}: ${event.message}`;
    default:
      return undefined;
  }
}

function rate(perSecond: number | undefined): string {
  return perSecond === undefined ? '' : `, ${perSecond.toFixed(perSecond < 10 ? 1 : 0)}/s`;
}
