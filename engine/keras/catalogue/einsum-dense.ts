// EinsumDense: a dense layer whose contraction is an einsum equation.

import type { Shape } from '../../graph/tensor.ts';
import { product } from './conv-arithmetic.ts';
import { layerError } from './layer-error.ts';
import type { Application, LayerSpec } from './layer-spec.ts';
import { activation, constraint, initializer, optional, regularizer, required } from './parameters.ts';

interface Analyzed {
  readonly kernel: readonly number[];
  readonly bias: readonly number[] | null;
  readonly output: Shape;
}

/** Keras's `_analyze_einsum_string`: `abc,cd->abd`, `...x,xy->...y` or `ab...,bc->ac...`. */
function analyze(application: Application): Analyzed {
  const equation = String(application.config.equation);
  const forms = [
    /^([a-zA-Z]+),([a-zA-Z]+)->([a-zA-Z]+)$/,
    /^0([a-zA-Z]+),([a-zA-Z]+)->0([a-zA-Z]+)$/,
    /^([a-zA-Z]{2,})0,([a-zA-Z]+)->([a-zA-Z]+)0$/,
  ];
  const plain = equation.replaceAll('...', '0').replaceAll(' ', '');
  const form = forms.findIndex((pattern) => pattern.test(plain));
  const match = form < 0 ? null : forms[form].exec(plain);
  if (!match) {
    throw layerError(
      application,
      `equation "${equation}" must have the form [X],[Y]->[Z], ...[X],[Y]->...[Z] or [X]...,[Y]->[Z]....`,
    );
  }
  const [, input, weight, output] = match;
  const leftElided = form === 1;
  const [shape] = application.inputs;
  const elided = shape.length - input.length;
  const full = fullOutput(application, elided, leftElided);
  const outputAt = (letter: string) => {
    const index = output.indexOf(letter);
    return index < 0 ? undefined : full[leftElided ? index + elided : index];
  };
  const inputAt = (letter: string) => {
    const index = input.indexOf(letter);
    return index < 0 ? undefined : shape[leftElided ? index + elided : index];
  };
  const sizeOf = (letter: string): number => {
    const size = outputAt(letter) ?? inputAt(letter);
    if (typeof size === 'number') return size;
    throw layerError(
      application,
      `the size of its weight along "${letter}" is not known from its input or output_shape.`,
    );
  };
  // TensorFlow infers what Keras 2 leaves open; Keras 3 declares `output_shape` as it is.
  const open = application.kerasVersion === 2 && elided === 0;
  const inferred = open ? [...output].map((letter, index) => full[index] ?? inputAt(letter) ?? null) : full;
  return {
    kernel: [...weight].map(sizeOf),
    bias: biasShape(application, output, sizeOf, leftElided ? 0 : elided),
    output: inferred,
  };
}

/** `output_shape` with the batch before it and the elided sizes in their place. */
function fullOutput(application: Application, elided: number, leftElided: boolean): Shape {
  const [shape] = application.inputs;
  const given = application.config.output_shape;
  const rest = (Array.isArray(given) ? given : [given]) as Shape;
  if (elided <= 0) return [shape[0], ...rest];
  return leftElided ? [shape[0], ...shape.slice(1, elided), ...rest] : [shape[0], ...rest, ...shape.slice(-elided)];
}

function biasShape(
  application: Application,
  output: string,
  sizeOf: (letter: string) => number,
  trailing: number,
): readonly number[] | null {
  const axes = application.config.bias_axes;
  if (typeof axes !== 'string') return null;
  const unknown = [...axes].find((letter) => !output.includes(letter));
  if (unknown) throw layerError(application, `bias_axes names "${unknown}", which the output does not have.`);
  const from = Math.min(...[...axes].map((letter) => output.indexOf(letter)));
  const sizes = [...output.slice(from)].map((letter) => (axes.includes(letter) ? sizeOf(letter) : 1));
  return [...sizes, ...new Array<number>(Math.max(0, trailing)).fill(1)];
}

export const einsumDense: LayerSpec = {
  class: 'EinsumDense',
  documentation: 'A dense layer whose contraction is an einsum equation.',
  parameters: [
    required('equation', 'string'),
    required('output_shape', 'any'),
    activation,
    optional('bias_axes', 'any', null),
    initializer('kernel'),
    initializer('bias', 'zeros'),
    regularizer('kernel'),
    regularizer('bias'),
    optional('activity_regularizer', 'regularizer', null, 2),
    constraint('kernel'),
    constraint('bias'),
    optional('lora_rank', 'integer', null, 3),
    optional('lora_alpha', 'number', null, 3),
    optional('gptq_unpacked_column_size', 'integer', null, 3),
    optional('quantization_config', 'any', null, 3),
  ],
  outputShape: (application) => [analyze(application).output],
  weights: (application) => {
    const { kernel, bias } = analyze(application);
    return [
      { name: 'kernel', shape: kernel, trainable: true },
      ...(bias ? [{ name: 'bias', shape: bias, trainable: true }] : []),
    ];
  },
  multiplyAdds: (application) => {
    // Every element of the kernel meets every element of the input's free axes.
    const [shape] = application.inputs;
    const { kernel } = analyze(application);
    const weight = String(application.config.equation).split(',')[1].split('->')[0].trim();
    const input = String(application.config.equation).split(',')[0].replaceAll('.', '').trim();
    const offset = shape.length - input.length;
    const free = [...input]
      .filter((letter) => !weight.includes(letter))
      .map((letter) => shape[input.indexOf(letter) + offset]);
    const rows = product(free.slice(offset > 0 ? 0 : 1));
    return rows === null ? null : rows * product(kernel)! * (product(shape.slice(1, Math.max(1, offset))) ?? 1);
  },
  lower: { notSupported: 'a contraction by equation has no int8 op in LiteRT; use Dense on a reshaped input' },
};
