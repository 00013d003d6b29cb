// Writes l10n/bundle.l10n.json: the texts that `l10n.t` is called with in client/, for translators.
//   npm run l10n            test/client/l10n.test.ts fails where the file is not current
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '..');
export const BUNDLE = join(ROOT, 'l10n/bundle.l10n.json');

/** A call with one literal in quotes of either kind; the formatter writes all of them so. */
const CALL = /\bl10n\.t\(\s*(?:'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)")/g;

/** The bundle's text. Throws for a call whose text is not a literal: VS Code could not look it up. */
export function l10nBundle() {
  const texts = new Set();
  for (const file of sources(join(ROOT, 'client'))) {
    const code = readFileSync(file, 'utf8');
    const found = [...code.matchAll(CALL)].map(([, single, double]) => unescaped(single ?? double));
    const calls = code.match(/\bl10n\.t\(/g)?.length ?? 0;
    if (found.length !== calls) throw new Error(`${file}: l10n.t takes one literal in quotes.`);
    for (const text of found) texts.add(text);
  }
  const sorted = [...texts].sort((a, b) => (a < b ? -1 : 1));
  return `${JSON.stringify(Object.fromEntries(sorted.map((text) => [text, text])), null, 2)}\n`;
}

function sources(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

const unescaped = (text) => text.replace(/\\(.)/g, '$1');

if (process.argv[1] === import.meta.filename) {
  mkdirSync(join(ROOT, 'l10n'), { recursive: true });
  writeFileSync(BUNDLE, l10nBundle());
}
