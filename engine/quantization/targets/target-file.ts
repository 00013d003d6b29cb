// A user's own target: a YAML or JSON file that says what their hardware computes. Rules, training and simulation read it
// like the targets of the table.

import { LineCounter, parseDocument } from 'yaml';
import * as z from 'zod';
import { InputError } from '../../errors.ts';
import type { OpKind } from '../../graph/op.ts';
import { OP_LIMITS, type OpSupport, type OpTarget } from './target.ts';
import { TARGETS } from './targets.ts';
import { INT8_OPS } from './tflite-int8.ts';

const supportWord = z.enum(['integer', 'float', 'none']);
const opEntry = z.union([
  supportWord,
  z.strictObject({
    support: supportWord.default('integer').describe('integer, float (runs, but not on integers) or none.'),
    reason: z.string().min(1).optional().describe('Why it is not integer; shown in findings.'),
    limits: z.array(z.enum(OP_LIMITS)).optional().describe('What an integer op asks besides.'),
  }),
]);

const KINDS = Object.keys(INT8_OPS) as OpKind[];
const bits = z.array(z.int().min(2).max(16)).min(1);

export const targetSchema = z
  .strictObject({
    name: z
      .string()
      .regex(/^[a-z0-9][a-z0-9._-]*$/i)
      .refine((name) => !Object.hasOwn(TARGETS, name), 'expected a name that no built-in target has')
      .describe('Short name, shown in findings.'),
    title: z.string().min(1).optional().describe('Full name. Default: the name.'),
    source: z.string().min(1).describe('Where the table comes from: the data sheet or compiler and its version.'),
    base: z
      .enum(['none', 'tflite-int8', 'tflite-int16x8', 'tflite-micro', 'edge-tpu'])
      .default('none')
      .describe('Target whose entry an op has that `ops` does not name. `none`: such an op is not supported.'),
    activationBits: bits.default([8]).describe('Bits of activations that there are kernels for.'),
    weightBits: bits.default([8]).describe('Bits of weights that there are kernels for.'),
    runsFloat: z.boolean().default(false).describe('Whether it can run ops in float at all, as a CPU does.'),
    staticShapes: z.boolean().default(true).describe('Whether all sizes but the batch must be known beforehand.'),
    ops: z
      .partialRecord(z.enum(KINDS as [OpKind, ...OpKind[]]), opEntry)
      .default({})
      .describe('Support by TFLite operator, such as CONV_2D.'),
    numbers: z
      .strictObject({
        symmetricActivations: z.boolean().optional().describe('Zero point 0 in activations.'),
        powerOfTwoScales: z.boolean().optional().describe('Scales are powers of two: requantization is a shift.'),
        accumulatorBits: z.int().min(8).max(64).optional().describe('Bits of the accumulator. Default: 32.'),
        rounding: z
          .enum(['half-away-from-zero', 'half-to-even', 'half-up', 'toward-zero'])
          .optional()
          .describe('How the rescaled accumulator of a convolution or dense layer is rounded.'),
      })
      .default({})
      .describe('What the hardware asks of the numbers.'),
  })
  .meta({ title: 'QuantLens target', description: 'What a piece of hardware computes in integers.' });

/** @throws InputError at the first problem, with its line. */
export function parseTarget(text: string, file: string): OpTarget {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const place = (offset: number) => {
    const { line, col } = lines.linePos(Math.min(offset, text.length));
    return { file, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const [broken] = document.errors;
  if (broken)
    throw new InputError(`This is not valid YAML: ${broken.message.replace(/\.?$/, '.')}`, place(broken.pos[0]));
  const parsed = targetSchema.safeParse(document.toJS());
  if (parsed.success) return toTarget(parsed.data);
  const [issue] = parsed.error.issues;
  const path = issue.path.map((step) => (typeof step === 'number' ? step : String(step)));
  const node = document.getIn(path, true) as { readonly range?: readonly number[] } | undefined;
  const what = path.length === 0 ? 'The target file' : `\`${path.join('.')}\` of the target`;
  throw new InputError(`${what} is wrong: ${problem(issue)}. docs/targets.md lists the keys.`, {
    ...place(node?.range?.[0] ?? 0),
    key: path.join('.'),
  });
}

function problem(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') {
    return `it has ${issue.keys.map((key) => `\`${key}\``).join(', ')}, which is no key of a target`;
  }
  if (issue.code === 'invalid_union') return 'expected integer, float, none, or a mapping with support, reason, limits';
  const text = issue.message.replace(/^Invalid (input|option|key in record): ?/, '').replace(/\.$/, '');
  return text.charAt(0).toLowerCase() + text.slice(1);
}

function toTarget(file: z.output<typeof targetSchema>): OpTarget {
  const { name, title = name, source, base, ops, numbers, activationBits, weightBits, runsFloat, staticShapes } = file;
  const inherited = base === 'none' ? undefined : TARGETS[base];
  const support = (kind: OpKind): OpSupport => {
    const general = INT8_OPS[kind];
    if (general.kind === 'training' || general.kind === 'not-real') return general;
    const entry = ops[kind];
    if (entry !== undefined) return toSupport(entry, name);
    if (inherited?.level === 'op') return inherited.ops[kind];
    return { kind: 'none', reason: `the table of ${name} does not list it` };
  };
  return {
    level: 'op',
    name,
    title,
    source,
    activationBits,
    weightBits,
    ops: Object.fromEntries(KINDS.map((kind) => [kind, support(kind)])) as OpTarget['ops'],
    numbers,
    runsFloat,
    staticShapes,
  };
}

function toSupport(entry: z.output<typeof opEntry>, target: string): OpSupport {
  const { support, reason, limits } =
    typeof entry === 'string' ? { support: entry, reason: undefined, limits: undefined } : entry;
  switch (support) {
    case 'integer':
      return { kind: 'integer', ...(limits ? { limits } : {}) };
    case 'float':
      return { kind: 'float', reason: reason ?? `${target} computes it in float` };
    case 'none':
      return { kind: 'none', reason: reason ?? `${target} does not have it` };
  }
}
