// Random numbers from a seed and a position, so that a resumed training draws what an unbroken one would.

/** SplitMix32's mixing function: uniform in [0, 1) for each index. */
export function randomAt(seed: number, index: number): number {
  let z = (Math.imul(seed, 0x85ebca6b) + Math.imul(index + 1, 0x9e3779b9)) | 0;
  z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
  return ((z ^ (z >>> 15)) >>> 0) / 2 ** 32;
}

/** The order of an epoch's samples: a permutation of 0..size−1 (Fisher–Yates). */
export function shuffled(size: number, seed: number, epoch: number): Uint32Array {
  const order = Uint32Array.from({ length: size }, (_, index) => index);
  const stream = Math.imul(seed + 1, 0x632be5ab) ^ Math.imul(epoch + 1, 0x7f4a7c15);
  for (let i = size - 1; i > 0; i--) {
    const j = Math.floor(randomAt(stream, i) * (i + 1));
    const kept = order[i];
    order[i] = order[j];
    order[j] = kept;
  }
  return order;
}
