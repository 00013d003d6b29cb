// AIMET's encodings file (JSON, version 0.6.1): scales and offsets of activations and weights, by tensor. AIMET counts codes
// from 0: real = scale · (code + offset), so offset = lowest code − zero point of ours. Source: AIMET 1.x and 2.x, "Encoding
// format specification".

import * as z from 'zod';
import { InputError } from '../../errors.ts';
import { type Graph, isActivation } from '../../graph/graph.ts';
import type { Quantization, Tensor, TensorId } from '../../graph/tensor.ts';
import { activationQuantization } from '../activation-quantization.ts';
import { tensorCodes } from '../codes.ts';
import { OP_POLICY } from '../op-policy.ts';
import type { Range } from '../ranges.ts';
import type { LayerOverride } from '../settings.ts';

const flag = z.union([z.boolean(), z.enum(['True', 'False', 'true', 'false'])]);
const encoding = z.object({
  bitwidth: z.int().min(2).max(32),
  dtype: z.enum(['int', 'float']).default('int'),
  is_symmetric: flag.default('False'),
  min: z.number(),
  max: z.number(),
  offset: z.number(),
  scale: z.number(),
});
const encodings = z.record(z.string(), z.array(encoding).min(1));
const file = z.object({
  version: z.string().optional(),
  activation_encodings: encodings.default({}),
  param_encodings: encodings.default({}),
});

type File = z.output<typeof file>;
export type AimetEncoding = z.output<typeof encoding>;

/** The encodings of an integer graph, by tensor name. */
export function toAimet(integer: Graph): object {
  const activations: Record<string, object[]> = {};
  const weights: Record<string, object[]> = {};
  for (const [id, tensor] of integer.tensors.entries()) {
    if (!tensor.quantization || tensor.dtype === 'int32' || tensor.dtype === 'int64') continue;
    (isActivation(tensor) ? activations : weights)[tensor.name] = encodingsOf(tensor, isSymmetric(integer, id));
  }
  return { version: '0.6.1', activation_encodings: activations, param_encodings: weights };
}

function encodingsOf(tensor: Tensor, symmetric: boolean): object[] {
  const { min, max } = tensorCodes(tensor);
  const { scales, zeroPoints } = tensor.quantization as Quantization;
  const bitwidth = Math.round(Math.log2(max - min + 1));
  return Array.from(scales, (scale, channel) => {
    const zeroPoint = zeroPoints[channel] ?? zeroPoints[0];
    return {
      bitwidth,
      dtype: 'int',
      is_symmetric: symmetric ? 'True' : 'False',
      min: (min - zeroPoint) * scale,
      max: (max - zeroPoint) * scale,
      offset: min - zeroPoint,
      scale,
    };
  });
}

const isSymmetric = ({ tensors }: Graph, id: TensorId): boolean =>
  tensors[id].quantization?.zeroPoints.every((zeroPoint) => zeroPoint === 0) ?? false;

export interface Imported {
  /** The graph with the scales of its weights. */
  readonly graph: Graph;
  /** Bits by layer, for the settings. */
  readonly overrides: readonly LayerOverride[];
  /** Ranges of activations, by tensor. */
  readonly ranges: ReadonlyMap<TensorId, Range>;
  /** Names in the file that the model does not have. */
  readonly unmatched: readonly string[];
}

/** Encodings for a float graph, fused and folded. Throws an InputError that names what is wrong with the file. */
export function fromAimet(text: string, graph: Graph, name: string): Imported {
  const parsed = parse(text, name);
  const ids = new Map(graph.tensors.map((tensor, id) => [tensor.name, id]));
  const idOf = (key: string): TensorId | undefined => ids.get(key) ?? ids.get(key.replace(/:0$/, ''));
  const unmatched: string[] = [];
  const ranges = new Map<TensorId, Range>();
  for (const [key, [first]] of Object.entries(parsed.activation_encodings)) {
    const id = idOf(key);
    if (id === undefined) unmatched.push(key);
    else if (first.dtype === 'int') ranges.set(id, rangeOf(first));
  }
  const tensors = [...graph.tensors];
  for (const [key, each] of Object.entries(parsed.param_encodings)) {
    const id = idOf(key);
    if (id === undefined) unmatched.push(key);
    else if (each[0].dtype === 'int')
      tensors[id] = { ...tensors[id], quantization: weightScales(graph, id, each, key, name) };
  }
  return { graph: { ...graph, tensors }, overrides: overridesOf(parsed, graph), ranges, unmatched };
}

/** Bits of each layer's output and weights. */
function overridesOf({ activation_encodings, param_encodings }: File, graph: Graph): LayerOverride[] {
  const bits = (id: TensorId | null, from: File['activation_encodings']): number | undefined => {
    const { name } = id === null ? { name: '' } : graph.tensors[id];
    const [first] = from[name] ?? from[`${name}:0`] ?? [];
    return first?.dtype === 'int' && first.bitwidth <= 16 ? first.bitwidth : undefined;
  };
  const override = (name: string, activations: number | undefined, weights: number | undefined): LayerOverride[] =>
    activations === undefined && weights === undefined
      ? []
      : [
          {
            match: { name, isOp: true },
            ...(activations === undefined ? {} : { activations: { bits: activations } }),
            ...(weights === undefined ? {} : { weights: { bits: weights } }),
          },
        ];
  return [
    ...graph.inputs.flatMap((id) => override(graph.tensors[id].name, bits(id, activation_encodings), undefined)),
    ...graph.ops.flatMap((op) => {
      const policy = OP_POLICY[op.kind];
      const weights = policy.kind === 'weighted' ? bits(op.inputs[policy.weights], param_encodings) : undefined;
      return override(op.name, bits(op.outputs[0], activation_encodings), weights);
    }),
  ];
}

/** How far both ends of a range are moved to find the encoding's own scale, in steps of a float32: the nearest first. */
const MOVES = Array.from({ length: 81 }, (_, n) => [Math.floor(n / 9) - 4, (n % 9) - 4] as const).sort(
  ([a, b], [c, d]) => Math.abs(a) + Math.abs(b) - Math.abs(c) - Math.abs(d),
);

/**
 * The range whose grid has exactly the encoding's scale and offset: a grid is made of a range in float32, which may round to
 * the scale beside it.
 */
function rangeOf({ min, max, scale, offset, bitwidth }: AimetEncoding): Range {
  const levels = 2 ** bitwidth - 1;
  const codes = { min: -(2 ** (bitwidth - 1)), max: 2 ** (bitwidth - 1) - 1 };
  const wanted = { scale: Math.fround(scale), zeroPoint: codes.min - offset };
  if (!(scale > 0) || bitwidth > 16) return { min, max };
  const [low, high] = [offset * scale, (offset + levels) * scale];
  const step = Math.max(-low, high) * 2 ** -24;
  for (const [down, up] of MOVES) {
    // 0 stays an end where it is one.
    const range = { min: low === 0 ? 0 : low + down * step, max: high === 0 ? 0 : high + up * step };
    const grid = activationQuantization(range, { bits: bitwidth, symmetric: false, narrowRange: false });
    if (grid.scale === wanted.scale && grid.zeroPoint === wanted.zeroPoint) return range;
  }
  return { min, max };
}

function parse(text: string, name: string): File {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new InputError(`${name} is not JSON; an AIMET encodings file was expected.`, { file: name });
  }
  const result = file.safeParse(value);
  if (result.success) return result.data;
  const [{ path, message }] = result.error.issues;
  throw new InputError(`${name} is no AIMET encodings file: \`${path.join('.')}\`: ${message}.`, { file: name });
}

function weightScales(
  graph: Graph,
  id: TensorId,
  each: readonly AimetEncoding[],
  key: string,
  file: string,
): Quantization {
  const axis = channelAxis(graph, id);
  const channels = graph.tensors[id].shape[axis] ?? 1;
  if (each.length !== 1 && each.length !== channels) {
    throw new InputError(`${file} has ${each.length} encodings for "${key}", which has ${channels} output channels.`, {
      file,
      layer: key,
    });
  }
  const bad = each.find(({ scale }) => !(scale > 0));
  if (bad)
    throw new InputError(`${file} has the scale ${bad.scale} for "${key}"; it must be above 0.`, { file, layer: key });
  return {
    scales: Float32Array.from(each, ({ scale }) => scale),
    // Symmetric codes from −128 have the offset −128 there: their zero point is 0.
    zeroPoints: Int32Array.from(each, ({ bitwidth, offset }) => -(2 ** (bitwidth - 1)) - offset || 0),
    axis: each.length === 1 ? null : axis,
  };
}

function channelAxis(graph: Graph, id: TensorId): number {
  for (const op of graph.ops) {
    const policy = OP_POLICY[op.kind];
    if (policy.kind === 'weighted' && op.inputs[policy.weights] === id) return policy.axis;
  }
  return 0;
}
