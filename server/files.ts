// Files as the server sees them: the text of an open document first, then the disk. Only reads, never writes.
import { readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { TextDocument } from 'vscode-languageserver-textdocument';

export interface Files {
  /** Text of an open document or of the file; undefined where there is none, or it is larger than `maxBytes`. */
  readText(path: string): string | undefined;
  /** Changes whenever the text of a path may have changed; undefined where there is no such file. */
  stamp(path: string): string | undefined;
}

/** Text files above this are data, not source. */
const MAX_TEXT_BYTES = 8 * 1024 * 1024;

export function openFiles(document: (uri: string) => TextDocument | undefined): Files {
  const opened = (path: string) => document(uriOf(path));
  return {
    readText(path) {
      const open = opened(path);
      if (open) return open.getText();
      try {
        return statSync(path).size > MAX_TEXT_BYTES ? undefined : readFileSync(path, 'utf8');
      } catch {
        return undefined;
      }
    },
    stamp(path) {
      const open = opened(path);
      if (open) return `v${open.version}`;
      try {
        const { mtimeMs, size } = statSync(path);
        return `${mtimeMs}:${size}`;
      } catch {
        return undefined;
      }
    },
  };
}

/** Path of a `file:` URI, or of what another scheme names (`untitled:`), so that a message can print it. */
export function pathOf(uri: string): string {
  if (uri.startsWith('file:')) {
    try {
      return fileURLToPath(uri);
    } catch {
      // A URI with a host or a malformed escape: its own path is the best name that there is.
    }
  }
  return decodeURIComponent(uri.replace(/^[\w+.-]+:(\/\/[^/]*)?/, ''));
}

export const uriOf = (path: string): string => pathToFileURL(path).href;

/** A path that a config names, which is relative to the config. */
export const besides = (file: string, relative: string): string => resolve(dirname(file), relative);
