// Random numbers for weights, the same for the same seed on every machine.

export interface Random {
  /** In [0, 1). */
  uniform(): number;
  /** Of the standard normal distribution. */
  normal(): number;
}

/** SplitMix32's mixing function over a counter; normal numbers by Box and Muller 1958. */
export function randomOf(seed: number): Random {
  let counter = Math.imul(seed ^ 0x5bd1e995, 0x85ebca6b);
  const uniform = (): number => {
    counter = (counter + 0x9e3779b9) | 0;
    let z = Math.imul(counter ^ (counter >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return ((z ^ (z >>> 15)) >>> 0) / 2 ** 32;
  };
  return {
    uniform,
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
  };
}

/** A standard normal number within ±2, by rejection. */
export function truncatedNormal(random: Random): number {
  for (;;) {
    const value = random.normal();
    if (Math.abs(value) <= 2) return value;
  }
}
