// What there is to say about a layer in numbers: shape, parameters, multiply-adds, bytes, and how it is quantized.
import { integerWeightBytes, multiplyAdds, peakActivationBytes, totalMultiplyAdds } from '../../engine/graph/cost.ts';
import type { Graph } from '../../engine/graph/graph.ts';
import type { Op } from '../../engine/graph/op.ts';
import { formatShape, type Shape } from '../../engine/graph/tensor.ts';
import { type KerasLayer, parameterCount, totalParameters } from '../../engine/keras/model.ts';
import type { RuleContext } from '../../engine/rules/context.ts';
import { count as grouped } from '../../engine/rules/words.ts';
import type { AnalyzedModel } from './model-snapshot.ts';
import { placementOf } from './placement.ts';

/** Shape without the batch: `32×32×16`; several outputs with commas. */
export function shapeText(layer: KerasLayer): string | undefined {
  const { outputShape } = layer;
  if (outputShape === null) return undefined;
  return isSeveral(outputShape) ? outputShape.map(withoutBatch).join(', ') : withoutBatch(outputShape);
}

const isSeveral = (shape: Shape | readonly Shape[]): shape is readonly Shape[] => Array.isArray(shape[0]);
const withoutBatch = (shape: Shape): string => formatShape(shape.slice(1));

/** `1,234`, `12.3 k`, `4.56 M`. */
export function count(value: number): string {
  if (value < 10_000) return grouped(value);
  if (value < 1_000_000) return `${(value / 1000).toPrecision(3)} k`;
  return value < 1e9 ? `${(value / 1e6).toPrecision(3)} M` : `${(value / 1e9).toPrecision(3)} G`;
}

export function bytes(value: number): string {
  return value < 1024
    ? `${value} B`
    : value < 1024 * 1024
      ? `${(value / 1024).toPrecision(3)} KiB`
      : `${(value / 1024 / 1024).toPrecision(3)} MiB`;
}

/** Ops of the integer program that compute a layer. */
export function opsOf(program: Graph, path: string): Op[] {
  return program.ops.filter(({ layers }) => layers.some((layer) => layer === path || layer.startsWith(`${path}/`)));
}

export interface LayerCost {
  readonly parameters: number | null;
  readonly multiplyAdds: number | null;
  readonly bytes: number | null;
}

export function costOf({ program, context }: AnalyzedModel, path: string, layer: KerasLayer): LayerCost {
  const parameters = parameterCount(layer);
  if (!program) return { parameters, multiplyAdds: null, bytes: null };
  // What an op computes is counted at the layer that made it, not at those fused into it.
  const own = program.ops.filter(({ layers }) => layers[0] === path || layers[0]?.startsWith(`${path}/`));
  return {
    parameters,
    multiplyAdds: sum(own.map((op) => multiplyAdds(program, op))),
    bytes: sum(own.map((op) => integerWeightBytes(program, op, bitsOf(context).weights))),
  };
}

/** Bits of the config, else the widest that the target has: 8, or 16 for activations of int16×8. */
function bitsOf({ config, target }: RuleContext): { readonly weights: number; readonly activations: number } {
  return {
    weights: config?.settings.weights.bits ?? Math.max(...target.weightBits),
    activations: config?.settings.activations.bits ?? (target.name === 'tflite-int16x8' ? 16 : 8),
  };
}

const sum = (values: readonly (number | null)[]): number | null =>
  values.reduce((total, value) => (total === null || value === null ? null : total + value), 0);

/** `12.3 k parameters · 4.5 M multiply-adds · int8: 13 KiB flash, 32 KiB RAM`: a model in one line. */
export function modelSummary({ model, program, context }: AnalyzedModel): string {
  const bits = bitsOf(context);
  const parameters = totalParameters(model);
  const parts = [parameters === null ? 'parameters not known' : `${count(parameters)} parameters`];
  if (!program) return parts[0];
  const adds = totalMultiplyAdds(program);
  if (adds !== null) parts.push(`${count(adds)} multiply-adds`);
  const flash = program.ops.reduce((total, op) => total + integerWeightBytes(program, op, bits.weights), 0);
  const ram = peakActivationBytes(program, bits.activations / 8);
  const scheme = bits.activations > 8 ? `int${bits.activations}×${bits.weights}` : `int${bits.weights}`;
  parts.push(`${scheme}: ${bytes(flash)} flash${ram === null ? '' : `, ${bytes(ram)} peak RAM`}`);
  return parts.join(' · ');
}

/** How the target runs a layer: in integers, fused into another, folded away, or in float. */
export function quantizedText(analyzed: AnalyzedModel, path: string): string {
  const { program, context } = analyzed;
  if (!program) return 'Not known: the model could not be lowered.';
  const ops = opsOf(program, path);
  if (ops.length === 0) return 'Not in the integer program: it only shapes training, or changes nothing.';
  const reasons = placementOf(analyzed)?.floatOps;
  return ops.map((op) => opText(op, path, context, reasons?.get(op.name))).join('; ');
}

function opText(op: Op, path: string, context: RuleContext, floatReason: string | undefined): string {
  if (op.kind === 'UNSUPPORTED') return `Not supported: ${op.options.reason}`;
  const first = op.layers[0];
  if (first !== path && !first?.startsWith(`${path}/`)) return `Fused into \`${first}\` (${op.kind})`;
  const others = op.layers.filter((layer) => layer !== path && !layer.startsWith(`${path}/`));
  const fusedIn = others.length > 0 ? `, with ${others.map((layer) => `\`${layer}\``).join(', ')} fused into it` : '';
  const how = floatReason === undefined ? `int${bitsOf(context).activations}` : `stays float: ${floatReason}`;
  return `\`${op.kind}\`, ${how}${fusedIn}`;
}
