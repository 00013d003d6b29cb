// The import table of the rooms, enforced: each import in the tree crosses only a wall that the table opens.
// ARCHITECTURE.md carries the same table; `npx vitest run test/architecture.test.ts -u` prints it anew into the page.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, normalize, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..');

/** What panels show of the engine: forms of plain JSON, and what draws or writes them. */
const SHOWN = ['report.ts', 'layer-details.ts', 'advice-report.ts', 'exports.ts', 'charts'].map(
  (name) => `engine/error-analysis/${name}`,
);

/** What each room may import besides itself and `engine/errors.ts`: rooms, or one file. A room is the longest key that starts a file's path. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  'engine/python': [],
  'engine/graph': [],
  'engine/keras': ['engine/python', 'engine/graph'],
  'engine/quantization': ['engine/graph'],
  'engine/config': ['engine/quantization', 'engine/training'],
  'engine/kernels': [],
  'engine/training': ['engine/graph', 'engine/quantization', 'engine/kernels'],
  'engine/calibration': ['engine/graph', 'engine/quantization', 'engine/kernels', 'engine/training'],
  'engine/simulator': ['engine/graph', 'engine/quantization', 'engine/kernels'],
  'engine/importers': ['engine/keras', 'engine/graph', 'engine/quantization'],
  'engine/exporters': ['engine/keras', 'engine/graph', 'engine/quantization', 'engine/importers'],
  'engine/rules': ['engine/python', 'engine/keras', 'engine/graph', 'engine/quantization', 'engine/config'],
  'engine/error-analysis': [
    'engine/graph',
    'engine/quantization',
    'engine/kernels',
    'engine/simulator',
    'engine/training',
  ],
  protocol: ['engine'],
  host: ['engine', 'protocol'],
  server: ['engine', 'host', 'protocol'],
  'client/webviews': ['protocol', ...SHOWN],
  client: ['protocol', 'engine/error-analysis/report.ts', 'engine/error-analysis/advice-report.ts'],
  cli: ['engine', 'host', 'protocol'],
  bench: ['engine', 'host', 'protocol', 'cli', 'server'],
};

function sources(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sources(path);
    return entry.name.endsWith('.ts') && !path.startsWith('engine/kernels/assembly') ? [path] : [];
  });
}

const roomOf = (path: string): string | undefined =>
  Object.keys(MAY_IMPORT)
    .filter((room) => path.startsWith(`${room}/`))
    .sort((a, b) => b.length - a.length)[0];

const isAllowed = (from: string, target: string): boolean =>
  target === 'engine/errors.ts' ||
  [from, ...MAY_IMPORT[from]].some(
    (room) =>
      (target === room || target.startsWith(`${room}/`)) &&
      (room !== 'client' || !target.startsWith('client/webviews/')),
  );

function crossings(): string[] {
  const problems: string[] = [];
  const folders = new Set(Object.keys(MAY_IMPORT).map((room) => room.split('/')[0]));
  for (const file of [...folders].flatMap(sources)) {
    const room = roomOf(file);
    if (room === undefined) continue;
    for (const [, path] of readFileSync(join(ROOT, file), 'utf8').matchAll(
      /(?:from|import)\s*\(?\s*'(\.{1,2}\/[^']+)'/g,
    )) {
      const target = relative(ROOT, normalize(join(ROOT, file, '..', path)));
      if (!isAllowed(room, target))
        problems.push(`${file} imports ${target}: ${room} may import ${MAY_IMPORT[room].join(', ') || 'nothing'}`);
    }
  }
  return problems;
}

/** The engine runs anywhere JavaScript does: no module of Node's or the editor's. */
function hostImports(): string[] {
  return sources('engine').filter((file) => /from '(node:|vscode)/.test(readFileSync(join(ROOT, file), 'utf8')));
}

function table(): string {
  const rows = Object.entries(MAY_IMPORT).map(
    ([room, may]) => `| \`${room}\` | ${may.map((other) => `\`${other}\``).join(', ') || '–'} |`,
  );
  return ['| room | may import |', '|---|---|', ...rows].join('\n');
}

describe('architecture', () => {
  it('imports only through open walls', () => expect(crossings()).toEqual([]));
  it('keeps the engine free of its host', () => expect(hostImports()).toEqual([]));
  it('prints the table in ARCHITECTURE.md', () => {
    const file = join(ROOT, 'ARCHITECTURE.md');
    const page = readFileSync(file, 'utf8');
    const current = page.replace(/(<!-- import table -->\n)[\s\S]*?(\n<!-- end -->)/, `$1${table()}$2`);
    if (process.argv.includes('-u')) writeFileSync(file, current);
    else expect(page).toBe(current);
  });
  it('gives a reason for each dependency', () => {
    const { dependencies, devDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    const page = readFileSync(join(ROOT, 'ARCHITECTURE.md'), 'utf8');
    const names = Object.keys({ ...dependencies, ...devDependencies }).filter((name) => !name.startsWith('@types/'));
    expect(names.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  });
});
