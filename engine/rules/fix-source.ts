// What a fix may read: the user's files as they are now, open editors included.

import type { Insertion } from '../config/skip-layer.ts';
import type { PythonModule } from '../python/syntax.ts';

export interface FixSource {
  /** The tree of a file that the model's origins name, with its text; null where it cannot be read. */
  module(file: string): PythonModule | null;
  /** The config that the model is checked with; null where there is none. */
  readonly config: {
    readonly file: string;
    /** As `engine/config/skip-layer.ts` does it for the config's text. The caller hands it in, so that rules load without YAML. */
    skipLayer(layer: string): Insertion | null;
  } | null;
}
