// Models and what LiteRT computed of them (made by the Python scripts beside), compared with the simulator.
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { InputError } from '../../../engine/errors.ts';
import type { TensorData } from '../../../engine/graph/tensor.ts';
import { readTflite } from '../../../engine/importers/tflite.ts';
import type { Accelerator } from '../../../engine/simulator/accelerator.ts';
import type { KernelSetName } from '../../../engine/simulator/kernel-sets.ts';
import { createSimulator, type Simulator } from '../../../engine/simulator/simulator.ts';
import { TOLERANCE } from '../../tolerances.ts';

export interface Case {
  /** Op, type and number; or the name of a network. */
  readonly name: string;
  /** Base64 of the `.tflite`. */
  readonly model: string;
  /** Why the reference runtime refuses the model. */
  readonly error?: string;
  readonly defaultError?: string;
  readonly runs?: readonly {
    readonly inputs: readonly string[];
    /** Reference kernels, or the runtime that made the file: shape and base64 of each computed tensor, by index. */
    readonly tensors: Readonly<Record<string, readonly [readonly number[], string]>>;
    /** Default runtime: base64 of each output. */
    readonly default?: Readonly<Record<string, string>>;
  }[];
}

/** Bytes that differ of one case; `stopped` where the simulator does not run it. */
export interface Outcome {
  readonly name: string;
  readonly compared: number;
  /** Codes and other integers that differ, and floats that differ by more than their tolerance. */
  readonly differing: number;
  /** Largest difference of a float, relative to the largest value of its tensor. */
  readonly floatError: number;
  readonly stopped?: string;
  /** The first tensor that differs. */
  readonly tensor?: string;
}

export function readCases(path: string | URL): Case[] {
  return gunzipSync(readFileSync(path))
    .toString()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Case);
}

export const modelBytes = (test: Case): Uint8Array => new Uint8Array(Buffer.from(test.model, 'base64'));

/** Runs a case and counts the bytes in which it differs from the runtime that the kernel set names. */
export function compare(
  test: Case,
  kernels: KernelSetName,
  bytes = modelBytes(test),
  accelerator?: Accelerator,
): Outcome {
  const { name } = test;
  try {
    const simulator = openCase(bytes, kernels, accelerator);
    if (simulator.stops.length > 0)
      return { name, compared: 0, differing: 0, floatError: 0, stopped: simulator.stops[0].message };
    return compareRuns(test, kernels, simulator);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { name, compared: 0, differing: 0, floatError: 0, stopped: error.message };
  }
}

function openCase(bytes: Uint8Array, kernels: KernelSetName, accelerator: Accelerator | undefined): Simulator {
  const { subgraphs } = readTflite(bytes);
  return createSimulator(subgraphs[0], { kernels, subgraphs, ...(accelerator === undefined ? {} : { accelerator }) });
}

function compareRuns(test: Case, kernels: KernelSetName, simulator: Simulator): Outcome {
  let compared = 0;
  let differing = 0;
  let floatError = 0;
  let tensor: string | undefined;
  for (const run of test.runs ?? []) {
    // A damaged model may want other inputs than were made for the sound one.
    if (run.inputs.length === simulator.inputs.length) {
      simulator.run(run.inputs.map((text, i) => decode(text, simulator.inputs[i].data)));
    } else simulator.run([]);
    const expected: [string, readonly number[] | null, string][] =
      kernels !== 'xnnpack'
        ? Object.entries(run.tensors).map(([id, [shape, text]]) => [id, shape, text])
        : Object.entries(run.default ?? {}).map(([id, text]) => [id, null, text]);
    for (const [id, shape, text] of expected) {
      const value = simulator.tensor(Number(id));
      // Handles of variables have no meaning outside the runtime that gave them.
      if (value.dtype === 'other') continue;
      const wanted = new Uint8Array(Buffer.from(text, 'base64'));
      const got = new Uint8Array(value.data.buffer, value.data.byteOffset, value.data.byteLength);
      const sameShape = shape === null || String(shape) === String(value.shape);
      let wrong = sameShape ? differences(got, wanted) : wanted.length + 1;
      if (sameShape && wrong > 0 && value.data instanceof Float32Array) {
        const error = relativeError(
          value.data,
          new Float32Array(wanted.buffer.slice(wanted.byteOffset, wanted.byteOffset + wanted.length)),
        );
        if (error > floatError) floatError = error;
        if (error <= TOLERANCE.litertFloat) wrong = 0;
      }
      compared += wanted.length;
      differing += wrong;
      if (wrong > 0) tensor ??= `${id} ${value.name} ${value.dtype}[${value.shape}] expected [${shape}]`;
    }
  }
  return { name: test.name, compared, differing, floatError, ...(tensor === undefined ? {} : { tensor }) };
}

function decode(text: string, like: TensorData): TensorData {
  const bytes = Uint8Array.from(Buffer.from(text, 'base64'));
  const make = like.constructor as new (buffer: ArrayBuffer) => TensorData;
  return new make(bytes.buffer.slice(0, bytes.length - (bytes.length % like.BYTES_PER_ELEMENT)));
}

function relativeError(a: Float32Array, b: Float32Array): number {
  let largest = 0;
  let error = 0;
  for (let i = 0; i < b.length; i++) {
    largest = Math.max(largest, Math.abs(b[i]));
    const distance = Math.abs(a[i] - b[i]);
    // NaN and infinities are equal or wrong.
    if (!Object.is(a[i], b[i])) error = Math.max(error, Number.isNaN(distance) ? Number.POSITIVE_INFINITY : distance);
  }
  return error === 0 ? 0 : error / Math.max(largest, 1e-6);
}

function differences(a: Uint8Array, b: Uint8Array): number {
  let count = Math.abs(a.length - b.length);
  for (let i = 0; i < Math.min(a.length, b.length); i++) if (a[i] !== b[i]) count++;
  return count;
}
