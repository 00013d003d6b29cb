// C's float functions, to float32. glibc's float versions compute in float64 and round once, so that float64 functions
// rounded to float32 give the same in all but about one of a million arguments.

const { fround } = Math;

export const expf = (x: number): number => fround(Math.exp(x));
export const logf = (x: number): number => fround(Math.log(x));
export const tanhf = (x: number): number => fround(Math.tanh(x));
export const expm1f = (x: number): number => fround(Math.expm1(x));
export const sqrtf = (x: number): number => fround(Math.sqrt(x));
