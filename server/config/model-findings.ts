// Findings about the model that a config names, shown in the config: those about its keys, and all of a model that comes
// from a file, which has no line of its own.
import { type Diagnostic, DiagnosticSeverity } from 'vscode-languageserver';
import { rangeOf } from '../../engine/config/position.ts';
import type { SourceLocation } from '../../engine/keras/model.ts';
import type { ServerSettings } from '../../protocol/language-server.ts';
import { analyze } from '../model/analyze.ts';
import { toDiagnostic } from '../model/diagnostics.ts';
import type { ModelOfConfig } from '../model/model-of-config.ts';
import type { AnalyzedModel } from '../model/model-snapshot.ts';
import { rangeOf as locationRange } from '../positions.ts';
import { configFacts } from './config-facts.ts';
import type { ConfigSnapshot } from './config-snapshot.ts';
import { fileReferences, rangeIn } from './links.ts';
import { targetOf } from './target.ts';

export async function analyzeNamed(
  snapshot: ConfigSnapshot,
  { model, weights, weightsProblems }: ModelOfConfig,
  settings: ServerSettings,
): Promise<AnalyzedModel | undefined> {
  if (!model || !snapshot.config) return undefined;
  const target = await targetOf(snapshot, settings, snapshot.path);
  return analyze(model, {
    file: snapshot.path,
    target,
    presenting: { severity: settings.severity, locateKey: (key) => locate(snapshot, key) },
    config: snapshot,
    facts: configFacts(snapshot, target, weightsProblems),
    weights,
  });
}

export async function diagnoseNamed(
  snapshot: ConfigSnapshot,
  named: ModelOfConfig,
  settings: ServerSettings,
): Promise<Diagnostic[]> {
  const place = fileReferences(snapshot).find(({ place: { path } }) => path[0] === 'model');
  if (!place) return [];
  const range = rangeIn(snapshot, place.place);
  const analyzed = await analyzeNamed(snapshot, named, settings);
  if (!analyzed) return snapshot.config && named.reason ? [unread(range, named.reason)] : [];
  return analyzed.findings.flatMap((finding) => {
    if (finding.at?.file === snapshot.path) return [toDiagnostic(finding, undefined, locationRange(finding.at))];
    // A model from source has its findings at its own lines.
    return finding.at === null ? [toDiagnostic(finding, undefined, range)] : [];
  });
}

const unread = (range: Diagnostic['range'], reason: string): Diagnostic => ({
  range,
  severity: DiagnosticSeverity.Warning,
  source: 'QuantLens',
  code: 'model',
  message: reason,
});

function locate({ document, path: file }: ConfigSnapshot, key: readonly (string | number)[]): SourceLocation | null {
  const span = rangeOf(document.getText(), key);
  if (!span) return null;
  const start = document.positionAt(span.start);
  const end = document.positionAt(span.end);
  return {
    file,
    line: start.line + 1,
    column: start.character + 1,
    endLine: end.line + 1,
    endColumn: end.character + 1,
  };
}
