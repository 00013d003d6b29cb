// Findings as SARIF 2.1.0, which code scanning of GitHub and others reads (OASIS Static Analysis Results Interchange Format).

import { existsSync, readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import type { SourceLocation } from '../../engine/keras/model.ts';
import type { Severity } from '../../engine/rules/finding.ts';
import { placeIn } from '../../engine/rules/place-in.ts';
import type { PresentedFinding } from '../../engine/rules/present.ts';
import { RULES } from '../../engine/rules/rules.ts';
import type { CheckedFile, CheckedModel } from '../../host/check/check-file.ts';
import { displayPath } from '../../host/files/files.ts';

const LEVEL: { readonly [S in Severity]: 'error' | 'warning' | 'note' } = {
  error: 'error',
  warning: 'warning',
  information: 'note',
  hint: 'note',
};

export function formatSarif(files: readonly CheckedFile[], version: string): string {
  const results = files.flatMap(({ file, models }) =>
    models.flatMap((checked) => checked.findings.map((finding) => resultOf(file, checked, finding))),
  );
  const driver = { name: 'QuantLens', version, rules: RULES.map(ruleOf) };
  return JSON.stringify({
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [{ tool: { driver }, columnKind: 'utf16CodeUnits', results }],
  });
}

function ruleOf({ id, title, severity, category }: (typeof RULES)[number]) {
  const page = pageOf(id);
  return {
    id,
    shortDescription: { text: `${title}.` },
    defaultConfiguration: { level: LEVEL[severity] },
    properties: { tags: [category] },
    ...(page === null ? {} : { help: { text: page, markdown: page } }),
  };
}

/** The rule's page as it is shipped beside the program. */
function pageOf(id: string): string | null {
  const url = ['../docs/rules/', '../../docs/rules/']
    .map((folder) => new URL(`${folder}${id}.md`, import.meta.url))
    .find((each) => existsSync(each));
  return url === undefined ? null : readFileSync(url, 'utf8');
}

function resultOf(file: string, checked: CheckedModel, finding: PresentedFinding) {
  const { rule, severity, message, layers, related } = finding;
  const at = placeIn(file, finding, checked.context);
  const logical = layers.slice(0, 1).map((name) => ({ fullyQualifiedName: name, kind: 'object' }));
  return {
    ruleId: rule,
    ruleIndex: RULES.findIndex(({ id }) => id === rule),
    level: LEVEL[severity],
    message: { text: message },
    locations: [
      {
        physicalLocation: physical(at?.file ?? file, at),
        ...(logical.length > 0 ? { logicalLocations: logical } : {}),
      },
    ],
    ...(related.length === 0
      ? {}
      : {
          relatedLocations: related.map((other, id) => ({
            id,
            physicalLocation: physical(other.at.file, other.at),
            message: { text: `'${other.layer}' ${other.message}` },
          })),
        }),
  };
}

function physical(file: string, at: SourceLocation | null) {
  const path = displayPath(file);
  const uri =
    path.startsWith('/') || /^[A-Za-z]:/.test(path) ? pathToFileURL(path).href : encodeURI(path.replaceAll('\\', '/'));
  const region = at && { startLine: at.line, startColumn: at.column, endLine: at.endLine, endColumn: at.endColumn };
  return { artifactLocation: { uri }, ...(region ? { region } : {}) };
}
