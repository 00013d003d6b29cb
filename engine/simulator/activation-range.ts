// The clamp of a fused activation, in codes and in reals. Source: CalculateActivationRange(Quantized) of LiteRT.

import type { FusedActivation } from '../graph/op.ts';
import type { DType } from '../graph/tensor.ts';
import { roundHalfAway } from '../quantization/fixed-point.ts';
import { codeRange } from './kernel.ts';

/** [low, high] in codes: bounds are rounded to codes themselves, so a scale that does not reach 6 makes RELU6 a no-op. */
export function activationRange(
  activation: FusedActivation,
  { dtype, scale, zeroPoint }: { readonly dtype: DType; readonly scale: number; readonly zeroPoint: number },
): readonly [number, number] {
  const [low, high] = codeRange(dtype);
  const code = (real: number): number => zeroPoint + roundHalfAway(Math.fround(real / scale));
  if (activation === 'RELU') return [Math.max(low, code(0)), high];
  if (activation === 'RELU6') return [Math.max(low, code(0)), Math.min(high, code(6))];
  if (activation === 'RELU_N1_TO_1') return [Math.max(low, code(-1)), Math.min(high, code(1))];
  return [low, high];
}

export function floatActivationRange(activation: FusedActivation): readonly [number, number] {
  if (activation === 'RELU') return [0, Number.POSITIVE_INFINITY];
  if (activation === 'RELU6') return [0, 6];
  if (activation === 'RELU_N1_TO_1') return [-1, 1];
  return [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
}
