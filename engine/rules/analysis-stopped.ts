// Where the static run of the source had to give up: what follows is unknown, and is not checked.

import type { SourceLocation } from '../keras/model.ts';
import type { Finding, FindingData, FindingPlace } from './finding.ts';
import type { Rule } from './rule.ts';
import type { SourceFacts, StoppedAt } from './source-facts.ts';
import { quoted } from './words.ts';

interface Data extends FindingData {
  readonly reason: string;
  readonly model: string | null;
}

export const analysisStopped: Rule<Data> = {
  id: 'analysis-stopped',
  title: 'The model could not be derived completely',
  category: 'analysis',
  severity: 'warning',
  checkSource({ file, stopped }: SourceFacts): Finding<Data>[] {
    const seen = new Set<string>();
    return stopped.flatMap((stop) => {
      const at = placeOf(stop, file);
      const key = `${JSON.stringify(at)} ${stop.reason}`;
      if (seen.has(key)) return [];
      seen.add(key);
      return [{ rule: 'analysis-stopped', at, layers: [], data: { reason: stop.reason, model: stop.model } }];
    });
  },
  message: ({ reason, model }) =>
    `${sentence(reason)} ${model === null ? 'Models that depend on it are not known' : `What depends on it in ${quoted(model)} is not known`} and not checked.`,
};

const sentence = (text: string): string => {
  const capital = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(capital) ? capital : `${capital}.`;
};

/** A stop has a line, and where the evaluator could say it the stretch. */
function placeOf({ at, line }: StoppedAt, file: string): FindingPlace {
  const whole: SourceLocation = { file, line, column: 1, endLine: line, endColumn: 1 };
  return { kind: 'source', at: at ?? whole };
}
