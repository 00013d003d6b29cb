// The digits example cut down to what a test can train in seconds, in a folder of the test's own.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { NumpyArray } from '../../host/numpy/npy.ts';
import { formatNpz, openNpz } from '../../host/numpy/npz.ts';

export const DIGITS = resolve(import.meta.dirname, '..', '..', 'examples', 'digits');

export interface SmallData {
  readonly folder: string;
  /** Writes an `.npz` with some arrays in other form, or a `.quant.yaml` beside it. */
  npz(name: string, changes?: Readonly<Record<string, NumpyArray>>): string;
  config(name: string, text: string): string;
}

const COUNTS = { x_train: 192, y_train: 192, x_validation: 64, y_validation: 64 };

export function smallData(): SmallData {
  const folder = mkdtempSync(join(tmpdir(), 'quantlens-small-'));
  const source = openNpz(join(DIGITS, 'digits.npz'));
  const arrays = Object.entries(COUNTS).map(([name, count]): [string, NumpyArray] => {
    const { type, shape, data } = source.read(name);
    const [, ...sample] = shape;
    const size = sample.reduce((product, length) => product * length, 1);
    return [name, { type, shape: [count, ...sample], data: data.slice(0, count * size) } as NumpyArray];
  });
  const write = (name: string, data: Uint8Array | string): string => {
    const path = join(folder, name);
    writeFileSync(path, data);
    return path;
  };
  return {
    folder,
    npz: (name, changes = {}) => write(name, formatNpz(new Map([...arrays, ...Object.entries(changes)]))),
    config: (name, text) => write(name, text),
  };
}

/** A config of the digits model over `small.npz`; `more` are further lines. */
export function smallConfig(model = join(DIGITS, 'digits.keras'), data = 'small.npz', more = ''): string {
  return `model: ${model}
data:
  train: { path: ${data}, inputs: x_train, labels: y_train }
  validation: { path: ${data}, inputs: x_validation, labels: y_validation }
  calibration: { samples: 64 }
  preprocessing: { scale: 0.0625 }
${more}`;
}
