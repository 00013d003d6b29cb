// The commit of a repository as git itself lays it out: a branch of its own file, a packed one, a detached HEAD, a worktree.

import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { gitRevision } from '../../../host/runs/git-revision.ts';

const LOOSE = 'a'.repeat(40);
const PACKED = 'b'.repeat(40);

function repository(head: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'quantlens-git-'));
  mkdirSync(join(folder, '.git/refs/heads'), { recursive: true });
  mkdirSync(join(folder, 'models/net'), { recursive: true });
  writeFileSync(join(folder, '.git/HEAD'), head);
  writeFileSync(join(folder, '.git/refs/heads/main'), `${LOOSE}\n`);
  writeFileSync(join(folder, '.git/packed-refs'), `# pack-refs with: peeled\n${PACKED} refs/heads/old\n`);
  return folder;
}

test.each([
  ['a branch', 'ref: refs/heads/main\n', 'aaaaaaaaaa'],
  ['a packed branch', 'ref: refs/heads/old\n', 'bbbbbbbbbb'],
  ['no branch', `${'c'.repeat(40)}\n`, 'cccccccccc'],
  ['a branch without a commit', 'ref: refs/heads/new\n', undefined],
  ['a damaged head', 'xyz', undefined],
])('%s', (_, head, revision) => {
  expect(gitRevision(join(repository(head), 'models/net'))).toBe(revision);
});

test('a worktree', () => {
  const main = repository('ref: refs/heads/old\n');
  const tree = mkdtempSync(join(tmpdir(), 'quantlens-tree-'));
  mkdirSync(join(main, '.git/worktrees/tree'), { recursive: true });
  writeFileSync(join(main, '.git/worktrees/tree/HEAD'), 'ref: refs/heads/main\n');
  writeFileSync(join(main, '.git/worktrees/tree/commondir'), '../..\n');
  writeFileSync(join(tree, '.git'), `gitdir: ${join(main, '.git/worktrees/tree')}\n`);
  expect(gitRevision(tree)).toBe('aaaaaaaaaa');
});

test('no repository', () => expect(gitRevision(mkdtempSync(join(tmpdir(), 'quantlens-none-')))).toBeUndefined());
