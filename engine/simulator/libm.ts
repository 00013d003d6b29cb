// C's float functions, to float32. glibc's float versions compute in float64 and round once, so that float64 functions
// rounded to float32 give the same in all but about one of a million arguments.

const { fround } = Math;

export const expf = (x: number): number => fround(Math.exp(x));
export const logf = (x: number): number => fround(Math.log(x));
export const tanhf = (x: number): number => fround(Math.tanh(x));
export const expm1f = (x: number): number => fround(Math.expm1(x));
export const sqrtf = (x: number): number => fround(Math.sqrt(x));

/** Complementary error function: a continued fraction far out, the series of erf near zero; about 1e-15 relative. */
export function erfc(x: number): number {
  if (x < 0) return 2 - erfc(-x);
  if (x < 2) {
    let term = x;
    let sum = x;
    for (let n = 1; Math.abs(term) > 1e-18 * Math.abs(sum) && n < 200; n++) {
      term *= (-x * x) / n;
      sum += term / (2 * n + 1);
    }
    return 1 - (2 / Math.sqrt(Math.PI)) * sum;
  }
  let fraction = 0;
  for (let n = 80; n > 0; n--) fraction = n / 2 / (x + fraction);
  return Math.exp(-x * x) / Math.sqrt(Math.PI) / (x + fraction);
}

export const erfcf = (x: number): number => fround(erfc(x));
