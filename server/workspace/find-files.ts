// The configs and Python files of the workspace's folders: one walk, begun when the server starts.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

export interface FoundFiles {
  readonly configs: readonly string[];
  readonly sources: readonly string[];
}

const SKIPPED = new Set(['node_modules', '__pycache__', 'site-packages', 'venv', 'build', 'dist']);
const MAX_DEPTH = 12;
const MAX_FILES = 2000;

export const isConfigPath = (path: string): boolean => /\.quant\.ya?ml$/.test(path);
export const isSourcePath = (path: string): boolean => path.endsWith('.py');

export async function findFiles(folders: readonly string[]): Promise<FoundFiles> {
  const found = { configs: [], sources: [] };
  await Promise.all(folders.map((folder) => find(folder, found, 0)));
  return found;
}

async function find(folder: string, found: { configs: string[]; sources: string[] }, depth: number): Promise<void> {
  if (depth > MAX_DEPTH) return;
  // A folder that cannot be read holds nothing for us.
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    const { name } = entry;
    const list = isConfigPath(name) ? found.configs : isSourcePath(name) ? found.sources : undefined;
    if (entry.isFile() && list && list.length < MAX_FILES) list.push(join(folder, name));
    if (entry.isDirectory() && !name.startsWith('.') && !SKIPPED.has(name)) {
      await find(join(folder, name), found, depth + 1);
    }
  }
}
