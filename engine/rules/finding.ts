// What a rule found, as a value. Wording, range and severity are derived from it last, so that the editor, the command
// line and the panels say the same.

import type { Json, SourceLocation } from '../keras/model.ts';

export type Severity = 'error' | 'warning' | 'information' | 'hint';

/** What a severity setting may say of a rule: a severity, `off`, or `default`. */
export type SeveritySetting = Severity | 'off' | 'default';

/** Where a finding belongs, before anyone looks up lines and columns. */
export type FindingPlace =
  /** A layer by path: `outer/inner` for a layer of a nested model. */
  | { readonly kind: 'layer'; readonly layer: string }
  /** The model as a whole: the line that made it. */
  | { readonly kind: 'model' }
  /** A key of the config by path: `['quantization', 'overrides', 0, 'match']`. */
  | { readonly kind: 'config'; readonly key: readonly (string | number)[] }
  /** A place in the source that makes no layer: a call of TFMOT, a line where the static run stopped. */
  | { readonly kind: 'source'; readonly at: SourceLocation };

export type FindingData = { readonly [key: string]: Json };

export interface Finding<Data extends FindingData = FindingData> {
  /** Id of the rule. */
  readonly rule: string;
  readonly at: FindingPlace;
  /** Layers involved, by path: first the one to change, then the other ends (of a missing fusion, of a pair of scales). */
  readonly layers: readonly string[];
  /** What the message is made of: names, shapes, numbers. */
  readonly data: Data;
}

/** A finding about one layer alone, which its data names. */
export const atLayer = <Data extends FindingData & { readonly layer: string }>(
  rule: string,
  data: Data,
): Finding<Data> => ({ rule, at: { kind: 'layer', layer: data.layer }, layers: [data.layer], data });

/** A replacement of one stretch of a user's file; an empty stretch inserts. */
export interface TextEdit {
  readonly at: SourceLocation;
  readonly newText: string;
}

/** A fix that can be offered: applying it removes the finding and leaves the rest of the graph as it is. */
export interface Fix {
  /** Imperative, as an editor's menu shows it: `Use ReLU(6.)`. */
  readonly title: string;
  readonly edits: readonly TextEdit[];
}
