// A `.tflite` over arrays of inputs, one sample a run, keeping what every run left in the tensors that are asked for.

import { InputError } from '../../engine/errors.ts';
import type { DType, TensorData, TensorId } from '../../engine/graph/tensor.ts';
import type { Value } from '../../engine/simulator/kernel.ts';
import type { Simulator } from '../../engine/simulator/simulator.ts';
import type { ElementType } from '../numpy/element-types.ts';
import type { NumpyArray } from '../numpy/npy.ts';
import { toPort } from './values.ts';

export interface SimulateOptions {
  /** Subgraph that is run; default: the first. */
  readonly main?: number;
  /** Keep every tensor that is computed, not the outputs alone. */
  readonly allTensors: boolean;
  /** The inputs go to this tensor instead of the model's inputs, and what depends on it runs. */
  readonly from?: TensorId;
  /** Variables keep from sample to sample what they hold; default: each sample starts fresh. */
  readonly stream?: boolean;
  readonly onProgress?: (done: number, total: number) => void;
}

export interface NamedArray {
  readonly name: string;
  readonly array: NumpyArray;
}

export interface SimulatedArrays {
  /** In the model's order, [N, …] without the model's own batch of 1; codes where the output is integer. */
  readonly outputs: readonly NumpyArray[];
  /** By tensor index: [N, …] with the tensor's whole shape; a constant once, without N. */
  readonly tensors: ReadonlyMap<TensorId, NumpyArray>;
  /** Tensors that are the same for every sample: kept once. */
  readonly constants: readonly TensorId[];
  readonly count: number;
  /** Of the runs alone, all threads together. */
  readonly perSecond: number;
}

const TYPES: { readonly [dtype in DType]?: ElementType } = {
  float32: 'f4',
  float16: 'f4',
  float64: 'f8',
  int4: 'i1',
  int8: 'i1',
  int16: 'i2',
  int32: 'i4',
  int64: 'i8',
  uint8: 'u1',
  uint16: 'u2',
  uint32: 'u4',
  uint64: 'u8',
  bool: 'b1',
};

/** `first`: number of the first sample, for messages. @throws InputError where the arrays do not fit the model's inputs. */
export function simulateArrays(
  simulator: Simulator,
  inputs: readonly NamedArray[],
  options: SimulateOptions,
  first = 0,
): SimulatedArrays {
  const ports = portsOf(simulator, options.from);
  const count = sampleCount(ports, inputs);
  const watched = options.allTensors ? computedTensors(simulator) : [];
  const outputs = simulator.graph.outputs.map(() => recorder(count));
  const tensors = new Map(watched.map((id) => [id, recorder(count)]));
  const complete = simulator.graph.outputs.every((id) => simulator.isComputed(id));
  let milliseconds = 0;
  for (let sample = 0; sample < count; sample++) {
    const values = inputs.map(({ array, name }, at) => {
      const input = ports[at];
      return toPort(array.data, sample * input.size, input, `Sample ${first + sample} of ${name}`);
    });
    const started = performance.now();
    const keep = { keepState: options.stream === true && first + sample > 0 };
    if (options.from !== undefined) simulator.runFrom(new Map([[options.from, values[0]]]), keep);
    else simulator.run(values, keep);
    milliseconds += performance.now() - started;
    if (complete) {
      for (const [at, value] of simulator.outputs().entries()) outputs[at].record(value);
    }
    for (const [id, { record }] of tensors) record(simulator.tensor(id));
    options.onProgress?.(sample + 1, count);
  }
  return {
    outputs: complete ? outputs.map(({ array }) => array(true)) : [],
    tensors: new Map([...tensors].map(([id, { array }]) => [id, array(false)])),
    constants: watched.filter((id) => simulator.tensor(id).known),
    count,
    perSecond: (1000 * count) / Math.max(milliseconds, 0.001),
  };
}

/** The tensors that inputs are given to: the model's, or one from which it is run. */
export function portsOf(simulator: Simulator, from: TensorId | undefined): readonly Value[] {
  return from === undefined ? simulator.inputs : [simulator.tensor(from)];
}

export function sampleCount(ports: readonly Value[], inputs: readonly NamedArray[]): number {
  if (inputs.length !== ports.length) {
    const names = ports.map(({ name }) => `"${name}"`).join(', ');
    throw new InputError(
      `The model has ${ports.length} inputs (${names}), but ${inputs.length} were given; repeat --input in their order.`,
    );
  }
  const counts = inputs.map(({ name, array }, at) => {
    const { size, shape } = ports[at];
    const [count = 1, ...sample] = array.shape;
    if (sample.reduce((product, length) => product * length, 1) === size) return count;
    throw new InputError(
      `${name} has samples of ${sample.join('×') || 'one value'}, but the model's input "${ports[at].name}" is ${shape.join('×')}; expected [N, ${shape.slice(1).join(', ')}].`,
      { file: name },
    );
  });
  if (counts.some((count) => count !== counts[0])) {
    throw new InputError(`The inputs have different numbers of samples: ${counts.join(', ')}.`);
  }
  return counts[0];
}

function computedTensors(simulator: Simulator): TensorId[] {
  return simulator.graph.tensors
    .map((_, id) => id)
    .filter((id) => simulator.isComputed(id) && TYPES[simulator.tensor(id).dtype]);
}

/** Gathers one tensor over the samples; a value that is the same in every run is kept once. */
function recorder(count: number) {
  let data: TensorData | undefined;
  let first: Value | undefined;
  let filled = 0;
  return {
    record(value: Value): void {
      if (first === undefined) {
        first = value;
        data = value.known ? value.data.slice() : emptyLike(value.data, value.size * count);
      }
      if (!value.known) (data as Float32Array).set(value.data as Float32Array, filled * value.size);
      filled++;
    },
    array(dropBatch: boolean): NumpyArray {
      const type = first && TYPES[first.dtype];
      if (!data || !first || !type) throw new RangeError('Nothing was recorded.');
      const { shape, known } = first;
      if (known && !dropBatch) return { type, shape, data };
      const sample = dropBatch && shape[0] === 1 ? shape.slice(1) : shape;
      return { type, shape: [count, ...sample], data: known ? repeat(data, count) : data };
    },
  };
}

function emptyLike(data: TensorData, length: number): TensorData {
  return new (data.constructor as new (length: number) => TensorData)(length);
}

function repeat(data: TensorData, count: number): TensorData {
  const result = emptyLike(data, data.length * count);
  for (let n = 0; n < count; n++) (result as Float32Array).set(data as Float32Array, n * data.length);
  return result;
}
