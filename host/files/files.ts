// Reading and writing whole files, with errors that a user can act on. A file is written beside its place and renamed
// into it, so that a full disk or a killed process leaves the file that was there before.

import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import { InputError } from '../../engine/errors.ts';

/** A path as a reader wants it: relative to the current folder where that is shorter. */
export function displayPath(path: string): string {
  const near = relative(process.cwd(), path);
  return near !== '' && near.length < path.length ? near : path;
}

export function readBytes(path: string): Uint8Array {
  try {
    const { buffer, byteOffset, length } = readFileSync(path);
    return new Uint8Array(buffer, byteOffset, length);
  } catch (error) {
    throw new InputError(`${displayPath(path)} cannot be read: ${reason(error)}.`, { file: path });
  }
}

export function readText(path: string): string {
  return new TextDecoder().decode(readBytes(path));
}

/** Writes a whole file or nothing; makes the folders above it. */
export function writeWhole(path: string, data: Uint8Array | string): void {
  const unfinished = `${path}.${process.pid}.part`;
  try {
    makeFolders(dirname(path));
    writeFileSync(unfinished, data);
    renameSync(unfinished, path);
  } catch (error) {
    try {
      rmSync(unfinished, { force: true });
    } catch {
      // What is left of it does not stand at the file's own name.
    }
    throw writeError(path, error);
  }
}

/**
 * Makes a folder and those above it. Throws the system's own error: on a read-only file system Node says of several at once
 * that they do not exist, and only of one why it cannot be made.
 */
export function makeFolders(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch (error) {
    let first = path;
    while (!existsSync(dirname(first)) && dirname(first) !== first) first = dirname(first);
    if (!existsSync(first)) mkdirSync(first);
    throw error;
  }
}

/** The InputError for a failed write; what was there before is still there. */
export function writeError(path: string, error: unknown): InputError {
  return new InputError(
    `${displayPath(path)} cannot be written: ${reason(error)}. What was there before is unchanged.`,
    { file: path },
  );
}

const REASONS: { readonly [code: string]: string } = {
  ENOENT: 'there is no such file or folder',
  EACCES: 'permission is denied',
  EPERM: 'permission is denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full; free some space and run it again',
  EDQUOT: 'the disk quota is used up; free some space and run it again',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of its path is a file',
  EMFILE: 'too many files are open',
  EFBIG: 'the file is too large',
  ERR_FS_FILE_TOO_LARGE: 'the file is larger than 2 GiB',
};

/** Why the system refused, in words, without a stop at the end. */
export function reason(error: unknown): string {
  const code = errorCode(error);
  if (code !== undefined && Object.hasOwn(REASONS, code)) return REASONS[code];
  return error instanceof Error ? error.message.replace(/\.$/, '') : String(error);
}

/** `ENOENT`, `ENOSPC` and the like; undefined for an error that the system did not make. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
