// Operators and indexing of arrays.

import type { Shape } from '../../../graph/tensor.ts';
import { slicePositions } from '../language/subscripts.ts';
import { type Runtime, raise, unknownHere } from '../runtime.ts';
import { type ArrayValue, integerIn, type Place, type Value } from '../values.ts';
import { combine, elements, makeArray, numberValue, toArray, widest } from './arrays.ts';
import { BINARY_FUNCTIONS, COMPARISONS } from './numeric-functions.ts';

const NAMES: { readonly [op: string]: string } = {
  '+': 'add',
  '-': 'subtract',
  '*': 'multiply',
  '/': 'divide',
  '//': 'floordiv',
  '%': 'mod',
  '**': 'pow',
};
const COMPARING: { readonly [op: string]: string } = {
  '==': 'equal',
  '!=': 'not_equal',
  '<': 'less',
  '<=': 'less_equal',
  '>': 'greater',
  '>=': 'greater_equal',
};

/** `left op right` where one of them is an array. */
export function arrayBinary(run: Runtime, op: string, left: Value, right: Value, at: Place): Value {
  if (left.kind === 'none' || right.kind === 'none') {
    if (op === '==' || op === '!=') return { kind: 'bool', value: op === '!=' };
    return raise(run, 'TypeError', `unsupported operand type(s) for ${op}: an array and None`, at);
  }
  const a = toArray(run, left);
  const b = toArray(run, right);
  if (!a || !b)
    return left.kind === 'unknown'
      ? left
      : right.kind === 'unknown'
        ? right
        : unknownHere(run, 'this operand of an array is not evaluated', at);
  if (op === '@') return matmul(a, b);
  const compare = COMPARING[op];
  if (compare) return combine(run, a, b, 'bool', (x, y) => (COMPARISONS[compare]!(x, y) ? 1 : 0));
  const compute = BINARY_FUNCTIONS[NAMES[op] ?? ''];
  const dtype = resultType(op, a, b, left, right);
  if (compute) return asNumber(combine(run, a, b, dtype, compute));
  return combine(run, a, b, dtype, (x, y) => bitwise(op, x, y));
}

const asNumber = (array: ArrayValue): Value => array;

function bitwise(op: string, x: number, y: number): number {
  if (op === '&') return x & y;
  if (op === '|') return x | y;
  if (op === '^') return x ^ y;
  return op === '<<' ? x << y : x >> y;
}

/** A plain Python number takes the array's type where its kind allows. */
function resultType(op: string, a: ArrayValue, b: ArrayValue, left: Value, right: Value): string {
  const isPlain = (value: Value) => value.kind === 'int' || value.kind === 'float' || value.kind === 'bool';
  const float = (dtype: string) => /float/.test(dtype);
  let dtype = widest(a.dtype, b.dtype);
  if (isPlain(left) && (float(b.dtype) || !float(a.dtype))) dtype = b.dtype;
  if (isPlain(right) && (float(a.dtype) || !float(b.dtype))) dtype = a.dtype;
  return op === '/' && !float(dtype) ? 'float64' : dtype;
}

function matmul(a: ArrayValue, b: ArrayValue): Value {
  if (!a.shape || !b.shape || a.shape.length < 1 || b.shape.length < 1) return makeArray(null, a.dtype);
  const columns = b.shape.length === 1 ? [] : [b.shape.at(-1) ?? null];
  return makeArray([...a.shape.slice(0, -1), ...columns], widest(a.dtype, b.dtype));
}

/** `array[index]`. */
export function arrayItem(run: Runtime, array: ArrayValue, index: Value, at: Place): Value {
  const { shape } = array;
  if (!shape) return makeArray(null, array.dtype);
  if (index.kind === 'unknown') return makeArray(null, array.dtype);
  const keys = index.kind === 'tuple' ? index.items : [index];
  const only = keys.length === 1 ? integerIn(keys[0]!) : undefined;
  if (only !== undefined && shape.length > 0) return firstAxis(run, array, only, at);
  const result = indexed(run, shape, keys);
  if (result === null) return makeArray(null, array.dtype);
  return oneSlice(run, array, keys, result) ?? makeArray(result, array.dtype);
}

function firstAxis(run: Runtime, array: ArrayValue, index: number, at: Place): Value {
  const [count = null, ...rest] = array.shape!;
  if (count !== null && (index >= count || index < -count)) {
    return raise(run, 'IndexError', `index ${index} is out of bounds for axis 0 with size ${count}`, at);
  }
  const size = elements(rest);
  if (!array.data || size === undefined || count === null) return makeArray(rest, array.dtype);
  const from = (index < 0 ? index + count : index) * size;
  const data = array.data.slice(from, from + size);
  return rest.length === 0 ? numberValue(data[0]!, array.dtype) : makeArray(rest, array.dtype, data);
}

/** A slice of a vector keeps its numbers. */
function oneSlice(run: Runtime, array: ArrayValue, keys: readonly Value[], result: Shape): Value | undefined {
  const [key] = keys;
  if (array.shape!.length !== 1 || keys.length !== 1 || key?.kind !== 'slice' || !array.data) return undefined;
  const positions = slicePositions(run, key, array.data.length);
  if (positions.kind === 'unknown') return undefined;
  return makeArray(
    result,
    array.dtype,
    positions.positions.map((i) => array.data![i]!),
  );
}

/** Shape behind an index; null where it depends on values. */
function indexed(run: Runtime, shape: Shape, keys: readonly Value[]): Shape | null {
  const taken = keys.filter((key) => key.kind !== 'none' && key.kind !== 'ellipsis').length;
  const result: (number | null)[] = [];
  let axis = 0;
  for (const key of keys) {
    if (key.kind === 'none') result.push(1);
    else if (key.kind === 'ellipsis') {
      const count = shape.length - taken;
      result.push(...shape.slice(axis, axis + count));
      axis += count;
    } else {
      const size = shape[axis++] ?? null;
      if (integerIn(key) !== undefined) continue;
      if (key.kind === 'slice') {
        const sized = sliced(run, key, size);
        result.push(sized);
      } else if (key.kind === 'array' && key.dtype !== 'bool' && key.shape?.length === 1)
        result.push(key.shape[0] ?? null);
      else if (key.kind === 'list') result.push(key.items.length);
      else if (key.kind === 'array' && key.dtype === 'bool') result.push(null);
      else return null;
    }
  }
  return [...result, ...shape.slice(axis)];
}

function sliced(run: Runtime, key: Extract<Value, { kind: 'slice' }>, size: number | null): number | null {
  if (size === null) return null;
  const positions = size <= 1_000_000 ? slicePositions(run, key, size) : undefined;
  return positions?.kind === 'positions' ? positions.positions.length : null;
}
