// Orthogonal weights (Saxe, McClelland & Ganguli 2014), Keras's default for recurrent kernels.

import type { Random } from './random.ts';

/** All axes but the last as rows; the shorter of rows and columns is orthonormal. */
export function orthogonal(shape: readonly number[], random: Random, gain: number): Float32Array {
  const columns = shape[shape.length - 1];
  const rows = shape.slice(0, -1).reduce((product, size) => product * size, 1);
  const [count, length] = [Math.min(rows, columns), Math.max(rows, columns)];
  const basis: Float64Array[] = [];
  while (basis.length < count) {
    const vector = Float64Array.from({ length }, () => random.normal());
    // Twice, against what rounding leaves of the earlier ones.
    for (let pass = 0; pass < 2; pass++) for (const other of basis) removeFrom(vector, other);
    const norm = Math.hypot(...vector);
    basis.push(vector.map((value) => value / norm));
  }
  const values = new Float32Array(rows * columns);
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < length; j++) {
      values[rows >= columns ? j * columns + i : i * columns + j] = gain * basis[i][j];
    }
  }
  return values;
}

function removeFrom(vector: Float64Array, other: Float64Array): void {
  let dot = 0;
  for (let i = 0; i < vector.length; i++) dot += vector[i] * other[i];
  for (let i = 0; i < vector.length; i++) vector[i] -= dot * other[i];
}
