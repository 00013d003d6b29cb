// `# quantlens: ignore[rule-id, other-rule] reason` silences those rules on its line; alone on a line, on the next one.
// Without brackets it silences every rule.

export interface IgnoreComment {
  /** Line from 1 that it silences. */
  readonly line: number;
  /** Null: every rule. */
  readonly rules: readonly string[] | null;
  readonly reason: string;
}

const COMMENT = /#\s*quantlens:\s*ignore(?:\[([^\]]*)\])?[ \t]*(.*)$/;

/** The ignore comments of a Python or YAML text. */
export function ignoreComments(text: string): readonly IgnoreComment[] {
  if (!text.includes('quantlens:')) return [];
  const lines = text.split(/\r\n|\r|\n/);
  return lines.flatMap((content, index) => {
    const match = COMMENT.exec(content);
    if (match === null) return [];
    const standsAlone = content.slice(0, match.index).trim() === '';
    const rules =
      match[1] === undefined
        ? null
        : match[1]
            .split(',')
            .map((id) => id.trim())
            .filter(Boolean);
    return [{ line: standsAlone ? nextCodeLine(lines, index) : index + 1, rules, reason: match[2].trim() }];
  });
}

/** The first line after a comment that is neither blank nor itself a comment. */
function nextCodeLine(lines: readonly string[], from: number): number {
  let index = from + 1;
  while (index < lines.length && /^\s*(#.*)?$/.test(lines[index])) index++;
  return index + 1;
}

/** True where a comment silences a rule for a stretch of lines: on its first line, or its last where a call spans several. */
export function isIgnored(
  comments: readonly IgnoreComment[],
  rule: string,
  line: number,
  endLine: number = line,
): boolean {
  return comments.some(
    (comment) =>
      comment.line >= line && comment.line <= endLine && (comment.rules === null || comment.rules.includes(rule)),
  );
}
