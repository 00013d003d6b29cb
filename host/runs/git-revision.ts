// The commit that a folder's git repository is at, read from its files: git itself need not be installed.

import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

const DIGITS = 10;

/** The first digits of the commit; undefined outside a repository, and in one that is laid out in a way of its own. */
export function gitRevision(folder: string): string | undefined {
  try {
    const repository = repositoryOf(resolve(folder));
    const commit = repository && commitOf(repository);
    return commit && /^[0-9a-f]{40,64}$/.test(commit) ? commit.slice(0, DIGITS) : undefined;
  } catch {
    return undefined;
  }
}

/** The `.git` folder; of a worktree or a submodule, the folder that its `.git` file names. */
function repositoryOf(folder: string): string | undefined {
  for (let at = folder; ; at = dirname(at)) {
    const git = join(at, '.git');
    if (existsSync(git)) {
      if (statSync(git).isDirectory()) return git;
      const [, place] = /^gitdir: (.+)$/m.exec(readFileSync(git, 'utf8')) ?? [];
      return place === undefined ? undefined : resolve(at, place.trim());
    }
    if (dirname(at) === at) return undefined;
  }
}

function commitOf(repository: string): string | undefined {
  const head = readFileSync(join(repository, 'HEAD'), 'utf8').trim();
  const [, ref] = /^ref: (.+)$/.exec(head) ?? [];
  if (ref === undefined) return head;
  // A worktree keeps its HEAD for itself, branches are those of the repository.
  const common = join(repository, 'commondir');
  const shared = existsSync(common) ? resolve(repository, readFileSync(common, 'utf8').trim()) : repository;
  const loose = join(shared, ref);
  if (existsSync(loose)) return readFileSync(loose, 'utf8').trim();
  const packed = readFileSync(join(shared, 'packed-refs'), 'utf8');
  return packed
    .split('\n')
    .find((line) => line.endsWith(` ${ref}`))
    ?.split(' ')[0];
}
