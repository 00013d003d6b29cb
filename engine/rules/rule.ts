// What a rule is: one file, one entry in the table of `rules.ts`, one page in `docs/rules/`.

import type { Target } from '../quantization/targets/target.ts';
import type { RuleContext } from './context.ts';
import type { Finding, FindingData, Fix, Severity } from './finding.ts';
import type { FixSource } from './fix-source.ts';
import type { SourceFacts } from './source-facts.ts';

export type RuleCategory = 'support' | 'fusion' | 'ranges' | 'weights' | 'tfmot' | 'config' | 'analysis';

/**
 * A rule: it has either `check` or `checkSource`. The methods are pure: the same context gives the same findings, in the
 * order of the model's layers.
 * `Data` is what the rule hands from `check` to `message` and `fix`.
 */
export interface Rule<Data extends FindingData = FindingData> {
  /** Kebab case; also the name of its page and of the key in severity settings. */
  readonly id: string;
  /** One line for tables and settings. */
  readonly title: string;
  readonly category: RuleCategory;
  readonly severity: Severity;
  /** The kind of target for which the rule says anything: by op (LiteRT and its like) or by layer (TFMOT); absent: both. */
  readonly level?: Target['level'];
  /** Shown struck through or faded: code that has no effect. */
  readonly unnecessary?: boolean;
  /** For a rule about a model. */
  check?(context: RuleContext): readonly Finding<Data>[];
  /** For a rule about a text, whether or not a model could be read from it. */
  checkSource?(source: SourceFacts): readonly Finding<Data>[];
  /** Two sentences at most: what will happen, with its cost, and what to do. Layers by name in single quotes. */
  message(data: Data): string;
  /** Short text for the other layers of the finding (`layers[1]`, …), shown at their lines. */
  related?(data: Data): string;
  /** Overrides `severity` where the data says how bad it is. */
  severityOf?(data: Data): Severity;
  /** An edit of the user's own text, or null where the source does not allow a safe one. */
  fix?(finding: Finding<Data>, context: RuleContext, source: FixSource): Fix | null;
}
