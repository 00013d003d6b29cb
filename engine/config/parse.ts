// A config's text to its value with defaults, or to problems that each have their place and say what was expected.

import type { Document, Node } from 'yaml';
import { isMap, isNode, isPair, LineCounter, parseDocument } from 'yaml';
import type * as z from 'zod';
import { describeValue, expected, nearest } from './expected.ts';
import type { KeyPath } from './json-schema.ts';
import { formatPath, propertiesOf, schemaAt, wordsOf } from './json-schema.ts';
import { configSchema, type QuantConfig } from './schema.ts';

export interface ConfigProblem {
  /** One or two full sentences. */
  readonly message: string;
  /** `training.epochs`; empty for the whole file. */
  readonly key: string;
  readonly file: string;
  /** Offsets in the text, end exclusive. */
  readonly start: number;
  readonly end: number;
  /** From 1; the end is exclusive. */
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

export interface ParsedConfig {
  /** Present where there is no problem. */
  readonly config?: QuantConfig;
  /** In the order of the text. */
  readonly problems: readonly ConfigProblem[];
}

type Span = readonly [start: number, end: number];
interface Finding {
  readonly path: KeyPath;
  readonly span: Span;
  readonly message: string;
}

/** Parses and checks a `*.quant.yaml`. Never throws for bad text. */
export function parseConfig(text: string, fileName: string): ParsedConfig {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const findings: Finding[] = document.errors.map(({ message, pos }) => ({
    path: [],
    span: pos,
    message: `This is not valid YAML: ${message.replace(/\.?$/, '.')}`,
  }));
  let config: QuantConfig | undefined;
  if (findings.length === 0) {
    const value = plainValue(document);
    if (value instanceof Error) findings.push({ path: [], span: [0, 0], message: `${value.message}.` });
    else {
      const parsed = configSchema.safeParse(value);
      if (parsed.success) config = parsed.data;
      else findings.push(...parsed.error.issues.flatMap((issue) => fromIssue(issue, value, document)));
    }
  }
  const problems = onePerPlace(findings).map((finding) => toProblem(finding, fileName, lines, text.length));
  return config === undefined ? { problems } : { config, problems };
}

/** Aliases may be refused (a bomb of nested ones), which the library says by throwing. */
function plainValue(document: Document): unknown {
  try {
    return document.toJS();
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function fromIssue(issue: z.core.$ZodIssue, root: unknown, document: Document): Finding[] {
  const path = issue.path.map((step) => (typeof step === 'number' ? step : String(step)));
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      path: [...path, key],
      span: keySpan(document, path, key),
      message: unknownKey(path, key),
    }));
  }
  const value = valueAt(root, path);
  const key = formatPath(path);
  const node = schemaAt(path);
  const last = path.at(-1);
  if (path.length === 0) {
    return [
      { path, span: [0, 0], message: `The config is ${describeValue(value)}; expected ${expected(node ?? {})}.` },
    ];
  }
  if (value === undefined && typeof last === 'string') {
    const parent = path.slice(0, -1);
    const message = `\`${key}\` is missing. ${node?.description ?? ''}`.trim();
    return [{ path, span: parentSpan(document, parent), message }];
  }
  const wanted = issue.code === 'custom' ? issue.message : `expected ${expected(node ?? {})}`;
  const meant = typeof value === 'string' && node ? nearest(value, wordsOf(node)) : undefined;
  const hint = meant === undefined ? '' : ` Did you mean \`${meant}\`?`;
  return [
    { path, span: valueSpan(document, path), message: `\`${key}\` is ${describeValue(value)}; ${wanted}.${hint}` },
  ];
}

function unknownKey(path: KeyPath, key: string): string {
  const known = Object.keys(propertiesOf(schemaAt(path) ?? {}));
  const meant = nearest(key, known);
  const place = path.length === 0 ? 'the config' : `\`${formatPath(path)}\``;
  const advice = meant === undefined ? `Known keys: ${known.join(', ')}.` : `Did you mean \`${meant}\`?`;
  return `\`${key}\` is not a key of ${place}. ${advice}`;
}

function valueAt(root: unknown, path: KeyPath): unknown {
  return path.reduce<unknown>(
    (value, step) => (typeof value === 'object' && value !== null ? Reflect.get(value, step) : undefined),
    root,
  );
}

/** `doc.getIn` cannot look into an alias: the alias itself is then the place. */
function nodeAt(document: Document, path: KeyPath): Node | null {
  const found = path.length === 0 ? document.contents : document.getIn(path, true);
  return isNode(found) ? found : null;
}

function keySpan(document: Document, path: KeyPath, key: string): Span {
  const parent = nodeAt(document, path);
  const pair = isMap(parent) ? parent.items.find((item) => isPair(item) && String(item.key) === key) : undefined;
  return isNode(pair?.key) ? span(pair.key) : parentSpan(document, path);
}

/** A value, or its key where nothing is written. */
function valueSpan(document: Document, path: KeyPath): Span {
  const node = nodeAt(document, path);
  const last = path.at(-1);
  if (node?.range && node.range[1] > node.range[0]) return span(node);
  return typeof last === 'string'
    ? keySpan(document, path.slice(0, -1), last)
    : parentSpan(document, path.slice(0, -1));
}

/** The key that names a mapping; the first character of the file for the root. */
function parentSpan(document: Document, path: KeyPath): Span {
  if (path.length === 0) return [0, 0];
  const last = path[path.length - 1];
  return typeof last === 'string' ? keySpan(document, path.slice(0, -1), last) : valueSpan(document, path);
}

function span(node: Node): Span {
  return node.range ? [node.range[0], node.range[1]] : [0, 0];
}

/** zod may say two things of one value; the first is enough. */
function onePerPlace(findings: readonly Finding[]): Finding[] {
  const byPath = new Map<string, Finding>();
  for (const finding of findings) {
    const place = `${formatPath(finding.path)}@${finding.span[0]}`;
    if (!byPath.has(place)) byPath.set(place, finding);
  }
  return [...byPath.values()].sort((a, b) => a.span[0] - b.span[0]);
}

function toProblem({ path, span, message }: Finding, file: string, lines: LineCounter, length: number): ConfigProblem {
  const [start, end] = span.map((offset) => Math.min(offset, length));
  const from = lines.linePos(start);
  const to = lines.linePos(end);
  return {
    message,
    key: formatPath(path),
    file,
    start,
    end,
    line: Math.max(from.line, 1),
    column: Math.max(from.col, 1),
    endLine: Math.max(to.line, 1),
    endColumn: Math.max(to.col, 1),
  };
}
