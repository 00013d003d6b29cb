// Recipes of Google's AI Edge Quantizer (JSON): a list of rules, each for ops by name of operator and a regular expression on
// their scope, the later over the earlier. Source: ai-edge-quantizer 0.3, recipe.py and qtyping.py.

import * as z from 'zod';
import { InputError } from '../../errors.ts';
import type { Graph } from '../../graph/graph.ts';
import type { Op } from '../../graph/op.ts';
import type { LayerOverride, TensorSettings } from '../settings.ts';

const tensorConfig = z.object({
  num_bits: z.int().min(2).max(16),
  symmetric: z.boolean().default(true),
  granularity: z.string().default('TENSORWISE'),
  dtype: z.enum(['INT', 'FLOAT']).default('INT'),
});
const rule = z.object({
  regex: z.string(),
  operation: z.string().default('*'),
  algorithm_key: z.string().default('min_max_uniform_quantize'),
  op_config: z
    .object({
      activation_tensor_config: tensorConfig.nullish(),
      weight_tensor_config: tensorConfig.nullish(),
      compute_precision: z.enum(['INTEGER', 'FLOAT']).default('INTEGER'),
    })
    .nullish(),
});

type Rule = z.output<typeof rule>;

export interface RecipeImport {
  /** For the config, by layer. */
  readonly overrides: readonly LayerOverride[];
  /** What the recipe asks for and QuantLens does otherwise, a sentence each. */
  readonly notes: readonly string[];
}

/** A recipe as overrides for the ops of a graph. Ops that no rule names stay float, as they do there. */
export function fromEdgeRecipe(text: string, graph: Graph, name: string): RecipeImport {
  const rules = parse(text, name);
  const notes = new Set<string>();
  const overrides = graph.ops.map((op): LayerOverride => {
    const match = { name: op.name, isOp: true } as const;
    const last = rules.filter((each) => applies(each, op, name)).at(-1);
    return last ? { match, ...settingsOf(last, notes) } : { match, skip: true };
  });
  return { overrides, notes: [...notes] };
}

function parse(text: string, name: string): Rule[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new InputError(`${name} is not JSON; a recipe of AI Edge Quantizer was expected.`, { file: name });
  }
  const result = z.array(rule).safeParse(value);
  if (result.success) return result.data;
  const [{ path, message }] = result.error.issues;
  throw new InputError(`${name} is no recipe of AI Edge Quantizer: \`${path.join('.')}\`: ${message}.`, { file: name });
}

/** Operators are named as in TFLite there, but for a few. */
const NAMES: Readonly<Record<string, string>> = { CONV_2D_TRANSPOSE: 'TRANSPOSE_CONV', SELECT_V2: 'SELECT' };

function applies({ regex, operation }: Rule, op: Op, file: string): boolean {
  if (operation !== '*' && operation !== 'ALL_SUPPORTED' && (NAMES[operation] ?? operation) !== op.kind) return false;
  try {
    const pattern = new RegExp(regex);
    return [op.name, ...op.layers].some((name) => pattern.test(name));
  } catch {
    throw new InputError(`${file} has the regular expression "${regex}", which cannot be read; correct it.`, { file });
  }
}

function settingsOf({ algorithm_key, op_config }: Rule, notes: Set<string>): Omit<LayerOverride, 'match'> {
  if (algorithm_key === 'no_quantize') return { skip: true };
  const { activation_tensor_config: activations, weight_tensor_config: weights, compute_precision } = op_config ?? {};
  if (compute_precision === 'FLOAT' || !activations) {
    notes.add('Rules for weights alone (dynamic range or float computation) keep their layers float here.');
    return { skip: true };
  }
  if (algorithm_key !== 'min_max_uniform_quantize') {
    notes.add(`The algorithm ${algorithm_key} is taken as min_max_uniform_quantize.`);
  }
  return {
    skip: false,
    activations: tensorOf(activations),
    ...(weights ? { weights: { ...tensorOf(weights), narrowRange: true } } : {}),
  };
}

const tensorOf = ({ num_bits, symmetric, granularity }: z.output<typeof tensorConfig>): Partial<TensorSettings> => ({
  bits: num_bits,
  symmetric,
  granularity: granularity === 'CHANNELWISE' ? 'per-channel' : 'per-tensor',
});
