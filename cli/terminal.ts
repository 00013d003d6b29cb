// What the commands print: results on standard output, everything else on standard error.

import pc from 'picocolors';
import { InputError } from '../engine/errors.ts';
import { displayPath } from '../host/files/files.ts';

/** Colours of standard error, where progress and messages go. */
export const stderrColors = pc.createColors(pc.isColorSupported && process.stderr.isTTY === true);

/** Colours of standard output, where results go. */
export const stdoutColors = pc.createColors(pc.isColorSupported && process.stdout.isTTY === true);

export function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** The one JSON object of `--json`, on the last line of standard output. */
export function printJson(value: unknown): void {
  print(JSON.stringify(value));
}

/** One sentence for bad input; for anything else, which is a defect of ours, how to report it. */
export function sayFailure(error: unknown): void {
  const label = stderrColors.red('error');
  if (error instanceof InputError) {
    const { file, line } = error.place;
    const placed = file !== undefined && line !== undefined;
    say(
      `${label}: ${placed ? new InputError(error.message, { ...error.place, file: displayPath(file) }).describe() : error.message}`,
    );
    return;
  }
  const message = error instanceof Error ? error.message : String(error);
  say(`${label}: QuantLens has a defect: ${message}. Please report it; QUANTLENS_DEBUG=1 shows where it is.`);
  if (process.env.QUANTLENS_DEBUG && error instanceof Error) say(error.stack ?? '');
}
