// Findings as one JSON object.

import { placeIn } from '../../engine/rules/place-in.ts';
import type { CheckedFile } from '../../host/check/check-file.ts';
import { displayPath } from '../../host/files/files.ts';

/** An entry a model; `line` and its like are null for a model that has no text. */
export function formatJson(files: readonly CheckedFile[]): string {
  const entries = files.flatMap(({ file, models }) =>
    models.map((checked) => ({
      file: displayPath(file),
      model: checked.model?.name ?? null,
      findings: checked.findings.map((finding) => {
        const at = placeIn(file, finding, checked.context);
        return {
          rule: finding.rule,
          severity: finding.severity,
          message: finding.message,
          line: at?.line ?? null,
          column: at?.column ?? null,
          endLine: at?.endLine ?? null,
          endColumn: at?.endColumn ?? null,
          layers: finding.layers,
          // Made by an import that the file does not call by itself.
          ...(at !== null && at.file !== file ? { file: displayPath(at.file) } : {}),
        };
      }),
    })),
  );
  return JSON.stringify({ files: entries });
}
