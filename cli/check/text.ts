// Findings for people: a line each, as compilers print them, and a count at the end.

import type { SourceLocation } from '../../engine/keras/model.ts';
import type { Severity } from '../../engine/rules/finding.ts';
import { placeIn } from '../../engine/rules/place-in.ts';
import type { CheckedFile, CheckedModel } from '../../host/check/check-file.ts';
import { displayPath } from '../../host/files/files.ts';

const SEVERITIES: readonly Severity[] = ['error', 'warning', 'information', 'hint'];

export function formatText(files: readonly CheckedFile[]): string {
  const lines = files.flatMap(({ file, models }) => models.flatMap((model) => modelLines(file, model)));
  return [...lines, summary(files)].join('\n');
}

function modelLines(file: string, checked: CheckedModel): string[] {
  const placed = checked.findings.map((finding) => ({ finding, at: placeIn(file, finding, checked.context) }));
  placed.sort((a, b) => (a.at?.line ?? 0) - (b.at?.line ?? 0) || (a.at?.column ?? 0) - (b.at?.column ?? 0));
  return placed.flatMap(({ finding: { severity, message, rule, related }, at }) => [
    `${place(file, at)}: ${severity}: ${message} [${rule}]`,
    ...related.map((other) => `  ${place(other.at.file, other.at)}: '${other.layer}' ${other.message}`),
  ]);
}

const place = (file: string, at: SourceLocation | null): string =>
  at === null ? displayPath(file) : `${displayPath(at.file)}:${at.line}:${at.column}`;

function summary(files: readonly CheckedFile[]): string {
  const models = files.flatMap((each) => each.models);
  const found = models.flatMap(({ findings }) => findings);
  const counts = SEVERITIES.flatMap((severity) => {
    const number = found.filter((finding) => finding.severity === severity).length;
    return number === 0 ? [] : [`${number} ${severity === 'information' || number === 1 ? severity : `${severity}s`}`];
  });
  const checked = models.filter(({ model }) => model !== null).length;
  const what = `${checked} ${checked === 1 ? 'model' : 'models'} for ${[...new Set(files.map(({ target }) => target))].join(', ')}`;
  return counts.length === 0 ? `Nothing found in ${what}.` : `${counts.join(', ')} in ${what}.`;
}
