// Findings and stops as diagnostics, each with its rule's page and the other ends of what it is about.
import { pathToFileURL } from 'node:url';
import { type Diagnostic, DiagnosticSeverity, DiagnosticTag } from 'vscode-languageserver';
import { placeIn } from '../../engine/rules/place-in.ts';
import type { PresentedFinding } from '../../engine/rules/present.ts';
import { shippedFile } from '../../host/files/shipped-file.ts';
import { SOURCE } from '../diagnostics.ts';
import type { ModelSnapshot } from './model-snapshot.ts';
import type { SourceText } from './source-text.ts';

const SEVERITY = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  information: DiagnosticSeverity.Information,
  hint: DiagnosticSeverity.Hint,
} as const;

/** The rules' pages as they are shipped beside dist/: no network is needed to read them. */
const PAGES = pathToFileURL(shippedFile('../docs/rules')).href;
const pageOf = (rule: string): string => `${PAGES}/${rule}.md`;

export function diagnoseModels({ models, textFindings, source }: ModelSnapshot, uri: string): Diagnostic[] {
  const found = new Map<string, Diagnostic>();
  const all = [
    ...models.flatMap(({ findings, context }) => findings.map((finding) => ({ finding, context }))),
    ...textFindings.map((finding) => ({ finding, context: null })),
  ];
  for (const { finding, context } of all) {
    const at = placeIn(source.path, finding, context);
    if (at?.file !== source.path) continue;
    const place = source.place(at);
    if (place.uri !== uri) continue;
    const diagnostic = toDiagnostic(finding, source, place.range);
    // The same call makes a layer in several models of a text: said once.
    const { start, end } = place.range;
    found.set(
      `${finding.rule} ${start.line}:${start.character}-${end.line}:${end.character} ${diagnostic.message}`,
      diagnostic,
    );
  }
  return [...found.values()];
}

/** Without `source`, ends in other places are left out: what comes from a file has none. */
export function toDiagnostic(
  finding: PresentedFinding,
  source: SourceText | undefined,
  range: Diagnostic['range'],
): Diagnostic {
  const { rule, severity, message, related, unnecessary, layers } = finding;
  return {
    range,
    severity: SEVERITY[severity],
    code: rule,
    codeDescription: { href: pageOf(rule) },
    source: SOURCE,
    message,
    tags: unnecessary ? [DiagnosticTag.Unnecessary] : undefined,
    relatedInformation:
      source &&
      related.map(({ at, layer, message: text }) => ({
        location: source.place(at),
        message: `${layer}: ${text}`,
      })),
    data: { rule, layers },
  };
}
