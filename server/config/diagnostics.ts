// Diagnostics of the config: what the schema refuses, and files that are not there.
import { existsSync } from 'node:fs';
import { type Diagnostic, DiagnosticSeverity } from 'vscode-languageserver';
import { SOURCE } from '../diagnostics.ts';
import type { ConfigSnapshot } from './config-snapshot.ts';
import { fileReferences, rangeIn } from './links.ts';

export function diagnoseConfig(snapshot: ConfigSnapshot): Diagnostic[] {
  return [...schemaProblems(snapshot), ...missingFiles(snapshot)];
}

function schemaProblems({ document, problems }: ConfigSnapshot): Diagnostic[] {
  return problems.map(({ message, start, end }) => ({
    range: { start: document.positionAt(start), end: document.positionAt(Math.max(end, start + 1)) },
    severity: DiagnosticSeverity.Error,
    source: SOURCE,
    code: 'config',
    message,
  }));
}

function missingFiles(snapshot: ConfigSnapshot): Diagnostic[] {
  return fileReferences(snapshot)
    .filter(({ path }) => !existsSync(path))
    .map(({ place, path }) => ({
      range: rangeIn(snapshot, place),
      severity: DiagnosticSeverity.Error,
      source: SOURCE,
      code: 'missing-file',
      message: `There is no file ${path}. Paths are relative to the config.`,
    }));
}
