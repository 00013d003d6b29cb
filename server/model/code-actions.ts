// Quick fixes of findings: each rule's own edit, all of a rule in the file, every fix of the file, or an ignore comment.
import { type CodeAction, CodeActionKind, type Diagnostic, type Range, type TextEdit } from 'vscode-languageserver';
import type { PythonParser } from '../../engine/python/parser.ts';
import type { PythonModule } from '../../engine/python/syntax.ts';
import type { Fix } from '../../engine/rules/finding.ts';
import type { FixSource } from '../../engine/rules/fix-source.ts';
import type { PresentedFinding } from '../../engine/rules/present.ts';
import { ruleById } from '../../engine/rules/rules.ts';
import { pythonParser } from '../../host/python/python-parser.ts';
import type { Files } from '../files.ts';
import { overlaps } from '../positions.ts';
import type { AnalyzedModel, ModelSnapshot } from './model-snapshot.ts';

export const CODE_ACTION_KINDS = [CodeActionKind.QuickFix, `${CodeActionKind.SourceFixAll}.quantlens`];

interface Offered {
  readonly finding: PresentedFinding;
  readonly fix: Fix;
}

type Edits = Readonly<Record<string, TextEdit[]>>;

export async function codeActions(
  snapshot: ModelSnapshot,
  uri: string,
  range: Range,
  only: readonly string[] | undefined,
  diagnostics: readonly Diagnostic[],
  files: Files,
): Promise<CodeAction[]> {
  const wants = (kind: string): boolean => !only || only.some((each) => kind === each || kind.startsWith(`${each}.`));
  const [quick, all] = CODE_ACTION_KINDS;
  const offered = await fixes(snapshot, files);
  const actions: CodeAction[] = [];
  if (wants(quick)) {
    const here = offered.filter(({ finding }) => isAt(snapshot, finding, uri, range));
    for (const { finding, fix } of here) {
      actions.push({
        title: fix.title,
        kind: quick,
        isPreferred: true,
        diagnostics: diagnosticsOf(finding, diagnostics),
        edit: { changes: toEdits(snapshot, [fix]) },
      });
    }
    for (const rule of new Set(here.map(({ finding }) => finding.rule))) {
      const same = offered.filter(({ finding }) => finding.rule === rule);
      if (same.length < 2) continue;
      const title = `Fix all ${same.length} findings of ${rule}`;
      actions.push({
        title,
        kind: quick,
        edit: {
          changes: toEdits(
            snapshot,
            same.map(({ fix }) => fix),
          ),
        },
      });
    }
    actions.push(...ignoreActions(snapshot, uri, range, diagnostics));
  }
  if (wants(all) && offered.length > 0) {
    const changes = toEdits(
      snapshot,
      offered.map(({ fix }) => fix),
    );
    actions.push({ title: 'Fix all QuantLens findings that have a fix', kind: all, edit: { changes } });
  }
  return actions;
}

async function fixes(snapshot: ModelSnapshot, files: Files): Promise<Offered[]> {
  const parser = snapshot.models.some(({ findings }) => findings.length > 0) ? await pythonParser() : null;
  if (!parser) return [];
  const { skipLayer } = await import('../../engine/config/skip-layer.ts');
  return snapshot.models.flatMap((analyzed) => {
    const source = fixSource(snapshot, analyzed, files, parser, skipLayer);
    return analyzed.findings.flatMap((finding) => {
      const fix = ruleById(finding.rule)?.fix?.(finding.finding, analyzed.context, source);
      return fix ? [{ finding, fix }] : [];
    });
  });
}

function fixSource(
  { source }: ModelSnapshot,
  { config }: AnalyzedModel,
  files: Files,
  parser: PythonParser,
  skipLayer: typeof import('../../engine/config/skip-layer.ts').skipLayer,
): FixSource {
  const modules = new Map<string, PythonModule | null>();
  const parse = (file: string): PythonModule | null => {
    const text = file === source.path ? source.text : files.readText(file);
    return text === undefined ? null : parser.parse(text);
  };
  return {
    module(file) {
      let module = modules.get(file);
      if (module === undefined) {
        module = parse(file);
        modules.set(file, module);
      }
      return module;
    },
    config: config ? { file: config.path, skipLayer: (layer) => skipLayer(layer, config.document.getText()) } : null,
  };
}

function isAt({ source }: ModelSnapshot, { at }: PresentedFinding, uri: string, range: Range): boolean {
  if (!at) return false;
  const place = source.place(at);
  return place.uri === uri && overlaps(place.range, range);
}

const diagnosticsOf = ({ rule }: PresentedFinding, diagnostics: readonly Diagnostic[]): Diagnostic[] =>
  diagnostics.filter(({ code }) => code === rule);

/** Edits by document. A fix that touches what an earlier one has changed waits for the next time. */
function toEdits({ source }: ModelSnapshot, all: readonly Fix[]): Edits {
  const changes: Record<string, TextEdit[]> = {};
  const seen = new Set<string>();
  for (const fix of all) {
    const edits = fix.edits.map(({ at, newText }) => ({ ...source.place(at), newText }));
    const key = JSON.stringify(edits);
    if (seen.has(key) || edits.some(({ uri, range }) => changes[uri]?.some((other) => overlaps(other.range, range))))
      continue;
    seen.add(key);
    for (const { uri, range, newText } of edits) {
      changes[uri] ??= [];
      changes[uri].push({ range, newText });
    }
  }
  return changes;
}

/** `# quantlens: ignore[rule]` at the end of the finding's first line. */
function ignoreActions(
  snapshot: ModelSnapshot,
  uri: string,
  range: Range,
  diagnostics: readonly Diagnostic[],
): CodeAction[] {
  const lines = snapshot.source.text.split('\n');
  const here = snapshot.models
    .flatMap(({ findings }) => findings)
    .filter((finding) => isAt(snapshot, finding, uri, range) && snapshot.language === 'python');
  return [...new Map(here.map((finding) => [finding.rule, finding])).values()].flatMap((finding) => {
    const line = finding.at!.line;
    const text = (lines[line - 1] ?? '').trimEnd();
    if (text.endsWith('\\') || text.includes('#')) return [];
    const end = { file: finding.at!.file, line, column: text.length + 1, endLine: line, endColumn: text.length + 1 };
    const edit = { title: '', edits: [{ at: end, newText: `  # quantlens: ignore[${finding.rule}]` }] };
    return [
      {
        title: `Ignore ${finding.rule} on this line`,
        kind: CodeActionKind.QuickFix,
        diagnostics: diagnosticsOf(finding, diagnostics),
        edit: { changes: toEdits(snapshot, [edit]) },
      },
    ];
  });
}
