// The one error that reaches a user: a full sentence about their input, never about our code.

/** What an input error is about. Every field that is known is set, so that a message can be shown at its place. */
export interface InputErrorPlace {
  readonly file?: string;
  /** Line and column, from 1. */
  readonly line?: number;
  readonly column?: number;
  /** The layer, op or tensor by its own name. */
  readonly layer?: string;
  /** Path of a configuration key, such as `training.epochs`. */
  readonly key?: string;
}

/**
 * Bad input: a file, layer, key or value that cannot be used. The message is one full sentence or two that say what was
 * found, what was expected and what to do. Anything else that is thrown is a defect of ours.
 */
export class InputError extends Error {
  readonly place: InputErrorPlace;

  constructor(message: string, place: InputErrorPlace = {}) {
    super(message);
    this.name = 'InputError';
    this.place = place;
  }

  /** `file:line:column: message`, with what is known of the place. */
  describe(): string {
    const { file, line, column } = this.place;
    const position = line === undefined ? '' : `:${line}${column === undefined ? '' : `:${column}`}`;
    return file === undefined ? this.message : `${file}${position}: ${this.message}`;
  }
}
