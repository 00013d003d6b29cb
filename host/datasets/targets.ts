// Labels as training wants them: class numbers that the model has, or real values; without labels a regression learns its input.

import { InputError } from '../../engine/errors.ts';
import type { TargetForm } from '../../engine/training/dataset.ts';
import { displayPath } from '../files/files.ts';
import type { Labels, Samples } from './samples.ts';

/** Writes the target of a sample as the `n`-th of a batch; `inputs` holds the prepared sample there. */
export type TargetReader = (index: number, inputs: Float32Array, n: number, targets: Float32Array) => void;

export function targetReader(
  labels: Labels | undefined,
  samples: Samples,
  form: TargetForm,
  inputSize: number,
  path: string,
): TargetReader {
  if (labels && sampleCount(labels) !== samples.count) {
    throw new InputError(
      `${labels.name} has ${sampleCount(labels)} labels for ${samples.count} samples of ${displayPath(path)}.`,
      { file: path },
    );
  }
  return form.kind === 'class'
    ? classReader(labels, form.classes, path)
    : valueReader(labels, form.shape, inputSize, path);
}

function sampleCount({ values, shape }: Labels): number {
  return values.length / shape.reduce((product, size) => product * size, 1);
}

function classReader(labels: Labels | undefined, classes: number, path: string): TargetReader {
  if (!labels) {
    throw new InputError(`${displayPath(path)} has no labels; name them with \`labels\`.`, {
      file: path,
      key: 'labels',
    });
  }
  const numbers = labels.shape.length > 0 ? oneHotClasses(labels, classes, path) : labels.values;
  for (let index = 0; index < numbers.length; index++) {
    const label = Number(numbers[index]);
    if (!Number.isInteger(label) || label < 0 || label >= classes) {
      throw new InputError(
        `Label ${index} of ${labels.name} is ${label}, but the model has ${classes} classes, 0 to ${classes - 1}.`,
        { file: path },
      );
    }
  }
  return (index, _inputs, n, targets) => {
    targets[n] = Number(numbers[index]);
  };
}

/** Where the 1 of each row stands, for labels as `categorical_crossentropy` of Keras takes them. */
function oneHotClasses({ name, values, shape }: Labels, classes: number, path: string): Int32Array {
  if (shape.length !== 1 || shape[0] !== classes) {
    throw new InputError(
      `${name} has ${shape.join('×')} values a sample; expected one class number each, or one-hot rows of the model's ${classes} classes.`,
      { file: path },
    );
  }
  return Int32Array.from({ length: values.length / classes }, (_, index) => {
    const row = Array.from(values.subarray(index * classes, (index + 1) * classes), Number);
    const at = row.indexOf(1);
    if (at < 0 || row.some((value, i) => value !== 0 && i !== at)) {
      throw new InputError(`Row ${index} of ${name} is not one-hot: expected one 1, and 0 elsewhere.`, { file: path });
    }
    return at;
  });
}

function valueReader(
  labels: Labels | undefined,
  shape: readonly number[],
  inputSize: number,
  path: string,
): TargetReader {
  const size = shape.reduce((product, length) => product * length, 1);
  if (!labels) {
    if (size === inputSize) {
      return (_index, inputs, n, targets) => targets.set(inputs.subarray(n * size, (n + 1) * size), n * size);
    }
    throw new InputError(
      `${displayPath(path)} has no labels, and the model's output (${shape.join('×')}) is not of its input's size; name target values with \`labels\`.`,
      { file: path, key: 'labels' },
    );
  }
  const found = labels.shape.reduce((product, length) => product * length, 1);
  if (found !== size) {
    throw new InputError(
      `${labels.name} has ${labels.shape.join('×') || '1'} values a sample, but the model's output is ${shape.join('×')}.`,
      { file: path },
    );
  }
  const { values } = labels;
  return (index, _inputs, n, targets) => {
    for (let i = 0; i < size; i++) {
      const value = Number(values[index * size + i]);
      if (!Number.isFinite(value)) {
        throw new InputError(`Label ${index} of ${labels.name} is not a finite number.`, { file: path });
      }
      targets[n * size + i] = value;
    }
  };
}
