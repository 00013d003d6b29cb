// What a fix may read: the user's files as they are now, open editors included.

export interface FixSource {
  /** The whole text of a file that the model's origins name, or null where it cannot be read. */
  text(file: string): string | null;
  /** Text of the config that the model is checked with, and its path; null where there is none. */
  readonly config: { readonly file: string; readonly text: string } | null;
}
