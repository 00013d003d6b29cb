// The values of the symbolic run: Python's objects where they are known, explicit unknowns where they are not, and the
// frameworks' symbolic tensors.

import type { ClassDefinition, Expression, FunctionDefinition, Parameter, Statement } from '../../python/syntax.ts';
import type { LayerSpec } from '../catalogue/layer-spec.ts';
import type { Frame } from './frame.ts';
import type { LayerState } from './layers/layer-state.ts';
import type { Runtime } from './runtime.ts';
import type { SourceFile } from './source.ts';

/** A place in a file of the run, cheap to make; becomes a `SourceLocation` at the end. */
export interface Place {
  readonly file: SourceFile;
  readonly start: number;
  readonly end: number;
}

/** The call at which a value was made, and the calls that led there. */
export interface CallSite extends Place {
  readonly parent?: CallSite;
  readonly depth: number;
}

export interface NoneValue {
  readonly kind: 'none';
}
export interface BoolValue {
  readonly kind: 'bool';
  readonly value: boolean;
}
export interface IntValue {
  readonly kind: 'int';
  readonly value: number;
}
export interface FloatValue {
  readonly kind: 'float';
  readonly value: number;
}
export interface StrValue {
  readonly kind: 'str';
  readonly value: string;
}
export interface BytesValue {
  readonly kind: 'bytes';
  readonly value: string;
}
export interface EllipsisValue {
  readonly kind: 'ellipsis';
}
export interface NotImplementedValue {
  readonly kind: 'notimplemented';
}

/** A value that the run does not know. Whatever is computed from it is unknown for the same reason. */
export interface Unknown {
  readonly kind: 'unknown';
  readonly reason: string;
  readonly at?: Place;
}

export interface TupleValue {
  readonly kind: 'tuple';
  readonly items: readonly Value[];
  /** Set in an instance of a named tuple. */
  readonly cls?: ClassValue;
}
export interface ListValue {
  readonly kind: 'list';
  items: Value[];
  /** Why its content is not certain. */
  uncertain?: Unknown;
}
export type DictKey = string | number | object;
export interface DictValue {
  readonly kind: 'dict';
  readonly entries: Map<DictKey, readonly [key: Value, value: Value]>;
  /** `defaultdict`'s factory. */
  factory?: Value;
  uncertain?: Unknown;
}
export interface SetValue {
  readonly kind: 'set';
  readonly entries: Map<DictKey, Value>;
  uncertain?: Unknown;
}
export interface RangeValue {
  readonly kind: 'range';
  readonly start: number;
  readonly stop: number;
  readonly step: number;
}
export interface SliceValue {
  readonly kind: 'slice';
  readonly start: Value;
  readonly stop: Value;
  readonly step: Value;
}

/** An iterator in the middle of its items; generators run to their end when they are first asked. */
export interface IteratorValue {
  readonly kind: 'iterator';
  readonly items: () => readonly Value[];
  at: number;
  uncertain?: Unknown;
}

export interface FunctionValue {
  readonly kind: 'function';
  readonly name: string;
  readonly parameters: readonly Parameter[];
  /** Defaults by name, evaluated at the definition. */
  readonly defaults: ReadonlyMap<string, Value>;
  readonly body: readonly Statement[] | Expression;
  readonly isLambda: boolean;
  readonly isGenerator: boolean;
  readonly closure: Frame;
  /** The class in whose body it was defined, for `super()`. */
  owner?: ClassValue;
  readonly definition?: FunctionDefinition;
  readonly attributes: Map<string, Value>;
}

export type NativeCall = (run: Runtime, args: readonly Value[], named: Named, at: CallSite) => Value;
/** Keyword arguments of a call. */
export type Named = ReadonlyMap<string, Value>;

/** A function of the frameworks or of Python that is written here. */
export interface NativeFunction {
  readonly kind: 'native';
  readonly name: string;
  readonly call: NativeCall;
  /** Dotted name under which the framework exports it, for TFOpLambda names and the like. */
  readonly symbol?: string;
}

export interface BoundMethod {
  readonly kind: 'method';
  readonly self: Value;
  readonly callable: FunctionValue | NativeFunction;
}

/** `property`, `staticmethod` or `classmethod` around a function. */
export interface DescriptorValue {
  readonly kind: 'property' | 'staticmethod' | 'classmethod';
  readonly get: Value;
  readonly set?: Value;
}

export interface ClassValue {
  readonly kind: 'class';
  readonly name: string;
  readonly bases: readonly ClassValue[];
  /** Method resolution order, itself first. */
  readonly mro: readonly ClassValue[];
  readonly members: Map<string, Value>;
  /** Makes the instance in place of `object.__new__` and `__init__` (exceptions, tuples, `str`, `int`, …). */
  readonly construct?: NativeCall;
  readonly definition?: ClassDefinition;
  readonly file?: SourceFile;
  /** Set in the classes of Keras's own layers. */
  readonly spec?: LayerSpec;
  /** A base that the run does not know. */
  readonly unknownBase?: Unknown;
}

export interface Instance {
  readonly kind: 'instance';
  readonly cls: ClassValue;
  readonly attributes: Map<string, Value>;
  /** Set in layers and models. */
  layer?: LayerState;
  uncertain?: Unknown;
}

export interface SuperValue {
  readonly kind: 'super';
  readonly self: Value;
  /** Look up behind this class in the MRO of `of`. */
  readonly after: ClassValue;
  readonly of: ClassValue;
}

export interface ModuleValue {
  readonly kind: 'module';
  readonly name: string;
  readonly members: Map<string, Value>;
  /** Members that are made when first asked for; undefined: there is no such member. */
  readonly lookup?: (name: string, run: Runtime) => Value | undefined;
  /** What `from module import *` takes, where it is more than `members`. */
  readonly starNames?: (run: Runtime) => readonly string[];
  readonly file?: SourceFile;
}

/** A symbolic tensor. */
export interface TensorValue {
  readonly kind: 'tensor';
  /** Null: not even the rank is known. */
  readonly shape: readonly (number | null)[] | null;
  readonly dtype: string;
  /** Absent in the tensors that a layer's own `call` sees: operations on them make no layers. */
  readonly history?: TensorHistory;
  readonly uncertain?: Unknown;
  /** A trainable or stored variable, or a constant that the run does not hold. */
  readonly variable?: true;
  /** Keras 3's `_keras_mask`, or why it is not followed. */
  readonly mask?: TensorValue | Unknown;
  /** What is known of the content of a small integer tensor that holds sizes (`tf.shape(x)`): an open size is null. */
  readonly sizes?: readonly (number | null)[];
}
export interface TensorHistory {
  readonly layer: Instance;
  readonly node: number;
  readonly tensor: number;
}

/** An array of NumPy or an eager tensor: its shape and, where small and known, its numbers. */
export interface ArrayValue {
  readonly kind: 'array';
  readonly shape: readonly (number | null)[] | null;
  readonly dtype: string;
  readonly data?: readonly number[];
  /** Labels of a known data set: its values are the integers from 0 below this. */
  readonly classes?: number;
}

/** `tensor.shape` of tf: a tuple that also has `as_list()` and `rank`. */
export interface ShapeValue {
  readonly kind: 'shape';
  readonly dims: readonly Value[];
}

export type Value =
  | NoneValue
  | BoolValue
  | IntValue
  | FloatValue
  | StrValue
  | BytesValue
  | EllipsisValue
  | NotImplementedValue
  | Unknown
  | TupleValue
  | ListValue
  | DictValue
  | SetValue
  | RangeValue
  | SliceValue
  | IteratorValue
  | FunctionValue
  | NativeFunction
  | BoundMethod
  | DescriptorValue
  | ClassValue
  | Instance
  | SuperValue
  | ModuleValue
  | TensorValue
  | ArrayValue
  | ShapeValue;

export const NONE: NoneValue = { kind: 'none' };
export const TRUE: BoolValue = { kind: 'bool', value: true };
export const FALSE: BoolValue = { kind: 'bool', value: false };
export const ELLIPSIS: EllipsisValue = { kind: 'ellipsis' };
export const NOT_IMPLEMENTED: NotImplementedValue = { kind: 'notimplemented' };
export const NO_NAMED: Named = new Map();

export const bool = (value: boolean): BoolValue => (value ? TRUE : FALSE);
export const int = (value: number): IntValue => ({ kind: 'int', value });
export const float = (value: number): FloatValue => ({ kind: 'float', value });
export const str = (value: string): StrValue => ({ kind: 'str', value });
export const tuple = (items: readonly Value[]): TupleValue => ({ kind: 'tuple', items });
export const list = (items: Value[]): ListValue => ({ kind: 'list', items });
export const unknown = (reason: string, at?: Place): Unknown =>
  at ? { kind: 'unknown', reason, at } : { kind: 'unknown', reason };
export const native = (name: string, call: NativeCall): NativeFunction => ({ kind: 'native', name, call });

/** A shape as Python sees it: `None` for a size that is open. */
export const shapeTuple = (shape: readonly (number | null)[]): TupleValue =>
  tuple(shape.map((size) => (size === null ? NONE : int(size))));

/** The number in an int, float or bool. */
export function numberIn(value: Value): number | undefined {
  if (value.kind === 'int' || value.kind === 'float') return value.value;
  if (value.kind === 'bool') return value.value ? 1 : 0;
  if (value.kind === 'array' && value.data?.length === 1) return value.data[0];
  return undefined;
}

/** An integer that may stand where Python wants an index. */
export function integerIn(value: Value): number | undefined {
  if (value.kind === 'int') return value.value;
  if (value.kind === 'bool') return value.value ? 1 : 0;
  if (value.kind === 'array' && value.data?.length === 1 && /int/.test(value.dtype)) return value.data[0];
  return undefined;
}

export const isNumber = (value: Value): value is IntValue | FloatValue | BoolValue =>
  value.kind === 'int' || value.kind === 'float' || value.kind === 'bool';

/** The text of a str value. */
export const textIn = (value: Value | undefined): string | undefined =>
  value?.kind === 'str' ? value.value : undefined;

/** What a dict or set knows a key by; equal keys have the same. Undefined: not hashable. */
export function dictKey(value: Value): DictKey | undefined {
  switch (value.kind) {
    case 'str':
      return `s${value.value}`;
    case 'int':
    case 'float':
      return value.value;
    case 'bool':
      return value.value ? 1 : 0;
    case 'none':
      return 'n';
    case 'bytes':
      return `b${value.value}`;
    case 'tuple': {
      let key = 't';
      for (const item of value.items) {
        const part = dictKey(item);
        if (part === undefined) return undefined;
        key += typeof part === 'object' ? `|o${identity(part)}` : `|${typeof part}${part}`;
      }
      return key;
    }
    case 'list':
    case 'dict':
    case 'set':
      return undefined;
    default:
      return value;
  }
}

const identities = new WeakMap<object, number>();
let nextIdentity = 1;
/** A number that stands for an object, as `id()` gives. */
export function identity(object: object): number {
  let id = identities.get(object);
  if (id === undefined) {
    id = nextIdentity++;
    identities.set(object, id);
  }
  return id;
}

/** A dict from string keys. */
export function dictOf(entries: Iterable<readonly [string, Value]>): DictValue {
  const dict: DictValue = { kind: 'dict', entries: new Map() };
  for (const [key, value] of entries) dict.entries.set(`s${key}`, [str(key), value]);
  return dict;
}
