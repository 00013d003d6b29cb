// Findings for people: a line each, as compilers print them, and a count at the end.

import type { SourceLocation } from '../../engine/keras/model.ts';
import type { Severity } from '../../engine/rules/finding.ts';
import { placeIn } from '../../engine/rules/place-in.ts';
import type { CheckedFile, CheckedModel } from '../../host/check/check-file.ts';
import { displayPath } from '../../host/files/files.ts';

const SEVERITIES: readonly Severity[] = ['error', 'warning', 'information', 'hint'];

export function formatText(files: readonly CheckedFile[]): string {
  // The same call may make a layer in several models of a file: said once.
  const blocks = new Map(files.flatMap(({ file, models }) => models.flatMap((model) => modelBlocks(file, model))));
  return [...blocks.keys(), summary(files, [...blocks.values()])].join('\n');
}

/** What is printed of each finding, and its severity. */
function modelBlocks(file: string, checked: CheckedModel): (readonly [text: string, severity: Severity])[] {
  const placed = checked.findings.map((finding) => ({ finding, at: placeIn(file, finding, checked.context) }));
  placed.sort((a, b) => (a.at?.line ?? 0) - (b.at?.line ?? 0) || (a.at?.column ?? 0) - (b.at?.column ?? 0));
  return placed.map(({ finding: { severity, message, rule, related }, at }) => {
    const first = `${place(file, at)}: ${severity}: ${message} [${rule}]`;
    const others = related.map((other) => `  ${place(other.at.file, other.at)}: '${other.layer}' ${other.message}`);
    return [[first, ...others].join('\n'), severity];
  });
}

const place = (file: string, at: SourceLocation | null): string =>
  at === null ? displayPath(file) : `${displayPath(at.file)}:${at.line}:${at.column}`;

function summary(files: readonly CheckedFile[], found: readonly Severity[]): string {
  const models = files.flatMap((each) => each.models);
  const counts = SEVERITIES.flatMap((severity) => {
    const number = found.filter((each) => each === severity).length;
    return number === 0 ? [] : [`${number} ${severity === 'information' || number === 1 ? severity : `${severity}s`}`];
  });
  const checked = models.filter(({ model }) => model !== null).length;
  const what = `${checked} ${checked === 1 ? 'model' : 'models'} for ${[...new Set(files.map(({ target }) => target))].join(', ')}`;
  return counts.length === 0 ? `Nothing found in ${what}.` : `${counts.join(', ')} in ${what}.`;
}
