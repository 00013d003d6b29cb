// The tables of `tflite-int8` and `tflite-int16x8` say of each operator what TensorFlow's converter made of it.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { OpKind } from '../../../../engine/graph/op.ts';
import { OP_POLICY } from '../../../../engine/quantization/op-policy.ts';
import type { OpTarget } from '../../../../engine/quantization/targets/target.ts';
import { TFLITE_INT8 } from '../../../../engine/quantization/targets/tflite-int8.ts';
import { TFLITE_INT16X8 } from '../../../../engine/quantization/targets/tflite-int16x8.ts';

type Converted = readonly string[] | { readonly failed: string };
const CASES: { readonly [name: string]: { readonly int8?: Converted; readonly int16?: Converted } } = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../../oracles/converter-ops.json'), 'utf8'),
);

/** Types of the outputs that each operator was given, over all cases. */
function seen(mode: 'int8' | 'int16'): Map<OpKind, Set<string>> {
  const found = new Map<OpKind, Set<string>>();
  for (const { [mode]: ops } of Object.values(CASES)) {
    if (!Array.isArray(ops)) continue;
    for (const [kind, type] of (ops as readonly string[]).map((op) => op.split(':'))) {
      if (!Object.hasOwn(TFLITE_INT8.ops, kind)) continue;
      found.set(kind as OpKind, (found.get(kind as OpKind) ?? new Set()).add(type));
    }
  }
  return found;
}

const TARGETS: readonly (readonly ['int8' | 'int16', OpTarget])[] = [
  ['int8', TFLITE_INT8],
  ['int16', TFLITE_INT16X8],
];

describe.each(TARGETS)('%s', (mode, { ops }) => {
  const all = seen(mode);
  it('holds for integer what quantization can place, and no more', () => {
    const width = mode === 'int8' ? 8 : 16;
    const apart = Object.entries(OP_POLICY).filter(([kind, policy]) => {
      if (!('bits' in policy)) return false;
      return (ops[kind as OpKind].kind === 'integer') !== policy.bits.includes(width);
    });
    // int8: LiteRT has kernels that the converter does not use. int16: not placed, they stay float, which costs conversions.
    const known = mode === 'int8' ? ['NOT_EQUAL', 'ELU'] : ['MIRROR_PAD', 'TILE', 'EMBEDDING_LOOKUP'];
    expect(apart.map(([kind]) => kind)).toEqual(known);
  });
  it('covers most of the operators', () => expect(all.size).toBeGreaterThan(60));
  it.each([...all].map(([kind, types]) => [kind, [...types]] as const))('%s gave %j', (kind, types) => {
    const support = ops[kind];
    if (mode === 'int16' && kind === 'SQUARED_DIFFERENCE') expect(support.kind).toBe('float');
    else if (types.includes(mode)) expect(support.kind).toBe('integer');
    else if (types.includes('float32') && kind !== 'DEQUANTIZE') expect(support.kind).toMatch(/float|none/);
  });
});
