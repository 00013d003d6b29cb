// The parts of STYLE.md that a program can check.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..');
const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '*.ts', '*.mjs'], {
  cwd: ROOT,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => file !== '' && existsSync(join(ROOT, file)));
const text = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

describe('style', () => {
  it('keeps every file under 500 lines', () => {
    expect(
      files.map((file) => [file, text(file).split('\n').length] as const).filter(([, lines]) => lines > 500),
    ).toEqual([]);
  });

  it('says in its first lines what a file is for', () => {
    expect(files.filter((file) => !/^(#!.*\n)?(\/\/|\/\*)/.test(text(file)))).toEqual([]);
  });

  it('has no barrel and no utils', () => {
    expect(files.filter((file) => /(^|\/)(index|utils?|helpers?|common|misc)\.ts$/.test(file))).toEqual([]);
  });
});
