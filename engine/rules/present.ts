// Findings with words, a range and a severity: what every front end prints.

import type { KerasModel, SourceLocation } from '../keras/model.ts';
import type { RuleContext } from './context.ts';
import type { Finding, Severity, SeveritySetting } from './finding.ts';
import { type IgnoreComment, isIgnored } from './ignore.ts';
import { ruleById } from './rules.ts';

/** Severities by rule id; `*` is for all that are not named. */
export type SeveritySettings = { readonly [ruleId: string]: SeveritySetting };

export interface RelatedPlace {
  readonly layer: string;
  readonly at: SourceLocation;
  readonly message: string;
}

export interface PresentedFinding {
  readonly rule: string;
  readonly severity: Severity;
  readonly message: string;
  /** Null where nothing in a text made it: a model that comes from a file. */
  readonly at: SourceLocation | null;
  readonly layers: readonly string[];
  readonly related: readonly RelatedPlace[];
  readonly unnecessary: boolean;
  readonly finding: Finding;
}

/** Where config keys stand in their text. */
export type LocateKey = (key: readonly (string | number)[]) => SourceLocation | null;

/** The severity that a rule's setting gives, or null where it is off. */
export function severityOf(finding: Finding, settings: SeveritySettings): Severity | null {
  const rule = ruleById(finding.rule);
  if (rule === undefined) return null;
  const setting = settings[finding.rule] ?? settings['*'] ?? 'default';
  if (setting === 'off') return null;
  if (setting !== 'default') return setting;
  return rule.severityOf?.(finding.data) ?? rule.severity;
}

export interface Presenting {
  readonly severity?: SeveritySettings;
  readonly locateKey?: LocateKey;
  /** Ignore comments of the file by its name: a finding there that one silences is left out. */
  readonly ignores?: (file: string) => readonly IgnoreComment[];
}

/** Findings in words, without those that the settings switch off or a comment silences. `context` is null for those of a text. */
export function presentFindings(
  findings: readonly Finding[],
  context: RuleContext | null,
  { severity = {}, locateKey, ignores }: Presenting = {},
): readonly PresentedFinding[] {
  return findings.flatMap((finding) => {
    const shown = presentFinding(finding, context, severity, locateKey);
    if (shown === null) return [];
    const { at, rule } = shown;
    return at && ignores && isIgnored(ignores(at.file), rule, at.line, at.endLine) ? [] : [shown];
  });
}

/** Null where the settings switch the rule off. */
export function presentFinding(
  finding: Finding,
  context: RuleContext | null,
  settings: SeveritySettings = {},
  locateKey: LocateKey = () => null,
): PresentedFinding | null {
  const rule = ruleById(finding.rule);
  const severity = severityOf(finding, settings);
  if (rule === undefined || severity === null) return null;
  const relatedText = rule.related?.(finding.data) ?? 'involved';
  const related = finding.layers.slice(1).flatMap((layer) => {
    const at = context?.view.get(layer)?.layer.origin?.at;
    return at ? [{ layer, at, message: relatedText }] : [];
  });
  return {
    rule: rule.id,
    severity,
    message: rule.message(finding.data),
    at: locate(finding, context, locateKey),
    layers: finding.layers,
    related,
    unnecessary: rule.unnecessary ?? false,
    finding,
  };
}

function locate(finding: Finding, context: RuleContext | null, locateKey: LocateKey): SourceLocation | null {
  const place = finding.at;
  switch (place.kind) {
    case 'layer':
      return context && layerOrigin(place.layer, context);
    case 'model':
      return context && modelOrigin(context.model);
    case 'config':
      return locateKey(place.key);
    case 'source':
      return place.at;
  }
}

/** A layer's own call, or where it has none, that of the model it belongs to. */
function layerOrigin(path: string, context: RuleContext): SourceLocation | null {
  const own =
    context.view.get(path)?.layer.origin?.at ??
    context.view.nestedModels.find((nested) => nested.path === path)?.layer.origin?.at;
  if (own) return own;
  const parent = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : null;
  return parent === null ? modelOrigin(context.model) : layerOrigin(parent, context);
}

const modelOrigin = (model: KerasModel): SourceLocation | null => model.origin?.at ?? null;
