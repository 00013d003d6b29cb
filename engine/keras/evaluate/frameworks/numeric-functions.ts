// Functions of numbers under the names that NumPy, `math` and TensorFlow share.

/** Functions of one number that give a float. */
export const FLOAT_FUNCTIONS: { readonly [name: string]: (x: number) => number } = {
  sqrt: Math.sqrt,
  exp: Math.exp,
  expm1: Math.expm1,
  log: Math.log,
  log2: Math.log2,
  log10: Math.log10,
  log1p: Math.log1p,
  sin: Math.sin,
  cos: Math.cos,
  tan: Math.tan,
  tanh: Math.tanh,
  sinh: Math.sinh,
  cosh: Math.cosh,
  arcsin: Math.asin,
  arccos: Math.acos,
  arctan: Math.atan,
  rsqrt: (x) => 1 / Math.sqrt(x),
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  radians: (x) => (x * Math.PI) / 180,
  degrees: (x) => (x * 180) / Math.PI,
  reciprocal: (x) => 1 / x,
};

/** Functions of one number that keep its type. */
export const KEEPING_FUNCTIONS: { readonly [name: string]: (x: number) => number } = {
  abs: Math.abs,
  absolute: Math.abs,
  negative: (x) => -x,
  square: (x) => x * x,
  sign: Math.sign,
  floor: Math.floor,
  ceil: Math.ceil,
  trunc: Math.trunc,
  rint: (x) => roundHalfEven(x),
  relu: (x) => Math.max(0, x),
  identity: (x) => x,
};

export function roundHalfEven(x: number): number {
  const floor = Math.floor(x);
  return x - floor === 0.5 ? floor + (floor % 2 === 0 ? 0 : 1) : Math.round(x);
}

const floorDivide = (x: number, y: number): number => Math.floor(x / y);
const modulo = (x: number, y: number): number => x - Math.floor(x / y) * y;

/** Functions of two numbers. */
export const BINARY_FUNCTIONS: { readonly [name: string]: (x: number, y: number) => number } = {
  add: (x, y) => x + y,
  subtract: (x, y) => x - y,
  multiply: (x, y) => x * y,
  divide: (x, y) => x / y,
  truediv: (x, y) => x / y,
  true_divide: (x, y) => x / y,
  floordiv: floorDivide,
  floor_divide: floorDivide,
  floormod: modulo,
  mod: modulo,
  remainder: modulo,
  pow: (x, y) => x ** y,
  power: (x, y) => x ** y,
  maximum: Math.max,
  minimum: Math.min,
};

export const COMPARISONS: { readonly [name: string]: (x: number, y: number) => boolean } = {
  greater: (x, y) => x > y,
  greater_equal: (x, y) => x >= y,
  less: (x, y) => x < y,
  less_equal: (x, y) => x <= y,
  equal: (x, y) => x === y,
  not_equal: (x, y) => x !== y,
};

export const REDUCTIONS: { readonly [name: string]: (values: readonly number[]) => number } = {
  sum: (values) => values.reduce((a, b) => a + b, 0),
  prod: (values) => values.reduce((a, b) => a * b, 1),
  mean: (values) => values.reduce((a, b) => a + b, 0) / values.length,
  max: (values) => Math.max(...values),
  min: (values) => Math.min(...values),
  any: (values) => (values.some((value) => value !== 0) ? 1 : 0),
  all: (values) => (values.every((value) => value !== 0) ? 1 : 0),
  std: (values) => Math.sqrt(variance(values)),
  var: variance,
  median: (values) => median(values),
};

function variance(values: readonly number[]): number {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  return values.reduce((total, value) => total + (value - mean) ** 2, 0) / values.length;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
