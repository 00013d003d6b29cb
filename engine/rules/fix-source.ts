// What a fix may read: the user's files as they are now, open editors included.

import type { PythonModule } from '../python/syntax.ts';

export interface FixSource {
  /** The tree of a file that the model's origins name, with its text; null where it cannot be read. */
  module(file: string): PythonModule | null;
  /** Text of the config that the model is checked with, and its path; null where there is none. */
  readonly config: { readonly file: string; readonly text: string } | null;
}
