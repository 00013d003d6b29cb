// The integers that a quantized tensor may hold: their range by bits, and the element type that stores them.

import type { DType, Tensor } from '../graph/tensor.ts';
import type { TensorSettings } from './settings.ts';

/** Signed codes, both ends inclusive: −128..127 for 8 bits, −127..127 where the range is narrow. */
export interface CodeRange {
  readonly min: number;
  readonly max: number;
}

/** Codes of `bits` bits (2–16); a narrow range leaves out the lowest, so that it is symmetric around 0. */
export function codeRange(bits: number, narrowRange: boolean): CodeRange {
  const half = 2 ** (bits - 1);
  return { min: narrowRange ? 1 - half : -half, max: half - 1 };
}

/**
 * Codes of a tensor with these settings. Symmetric codes of more than 8 bits are narrow, for LiteRT's int16 activations
 * have zero point 0 and scale |max| / 32767.
 */
export function settingsCodes(settings: Pick<TensorSettings, 'bits' | 'symmetric' | 'narrowRange'>): CodeRange {
  return codeRange(settings.bits, settings.narrowRange || (settings.symmetric && settings.bits > 8));
}

/** The smallest TFLite element type that holds codes of `bits` bits as an activation: int8 up to 8 bits, then int16. */
export function activationType(bits: number): DType {
  return bits <= 8 ? 'int8' : 'int16';
}

/** The element type of weights of `bits` bits: int4 up to 4 bits (packed two to a byte in the file), then int8, int16. */
export function weightType(bits: number): DType {
  if (bits <= 4) return 'int4';
  return bits <= 8 ? 'int8' : 'int16';
}

/** Codes that an integer tensor may hold: those of its type, or fewer where its quantization says so. */
export function tensorCodes({ dtype, quantization }: Pick<Tensor, 'dtype' | 'quantization'>): CodeRange {
  if (dtype === 'uint8') return { min: 0, max: 255 };
  return codeRange(quantization?.bits ?? STORED_BITS[dtype] ?? 32, false);
}

const STORED_BITS: { readonly [dtype in DType]?: number } = { int4: 4, int8: 8, int16: 16 };
