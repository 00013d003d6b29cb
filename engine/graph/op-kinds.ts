// Every kind of op, as a value.

import type { OpKind } from './op.ts';
import { SHAPE_RULES } from './shape-rules.ts';

export const OP_KINDS: ReadonlySet<OpKind> = new Set(Object.keys(SHAPE_RULES) as OpKind[]);
