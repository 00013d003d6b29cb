// While a text has a syntax error, what is shown beside it is that of the last text without one, moved to where its lines are now.
import type { SourceLocation } from '../../engine/keras/model.ts';
import type { AnalyzedModel, ModelSnapshot } from './model-snapshot.ts';

export interface Shown {
  readonly models: readonly AnalyzedModel[];
  /** They are those of an earlier text. */
  readonly isOld: boolean;
  /** Where a place of the models is now; undefined for one that was edited since. */
  move(at: SourceLocation): SourceLocation | undefined;
}

export function shown(snapshot: ModelSnapshot): Shown {
  const { lastGood, models } = snapshot;
  if (!snapshot.isBroken || !lastGood) return { models, isOld: false, move: (at) => at };
  const before = lastGood.source.text.split('\n');
  const after = snapshot.source.text.split('\n');
  const least = Math.min(before.length, after.length);
  let same = 0;
  while (same < least && before[same] === after[same]) same++;
  let tail = 0;
  while (tail < least - same && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++;
  const moved = after.length - before.length;
  return {
    models: lastGood.models,
    isOld: true,
    move(at) {
      if (at.endLine <= same) return at;
      if (at.line <= before.length - tail) return undefined;
      return { ...at, line: at.line + moved, endLine: at.endLine + moved };
    },
  };
}
