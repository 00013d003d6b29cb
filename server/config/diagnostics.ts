// Diagnostics of the config: what the schema refuses, files that are not there, and findings about the model that it names.
import { existsSync } from 'node:fs';
import { type Diagnostic, DiagnosticSeverity } from 'vscode-languageserver';
import type { ServerSettings } from '../../protocol/language-server.ts';
import { SOURCE } from '../diagnostics.ts';
import type { ModelOfConfig } from '../model/model-of-config.ts';
import { type ConfigSnapshot, places } from './config-snapshot.ts';
import { fileReferences, rangeIn } from './links.ts';
import { diagnoseNamed } from './model-findings.ts';
import { targetProblem } from './target.ts';

export async function diagnoseConfig(
  snapshot: ConfigSnapshot,
  named: ModelOfConfig,
  settings: ServerSettings,
): Promise<Diagnostic[]> {
  const ofModel = await diagnoseNamed(snapshot, named, settings);
  return [...schemaProblems(snapshot), ...missingFiles(snapshot), ...(await wrongTarget(snapshot)), ...ofModel];
}

/** A target file that is not there, or damaged. */
async function wrongTarget(snapshot: ConfigSnapshot): Promise<Diagnostic[]> {
  const place = [...places(snapshot.yaml)].find(({ path, part }) => part === 'value' && path.join() === 'target');
  const message = place && snapshot.config && (await targetProblem(snapshot.config.target, snapshot.path));
  if (!place || !message) return [];
  const range = rangeIn(snapshot, place);
  return [{ range, severity: DiagnosticSeverity.Error, source: SOURCE, code: 'target', message }];
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
