// A pool, resize or padding between tensors that share a scale: its kernel copies codes, so the range of one end is that of all.

import type { OpKind } from '../graph/op.ts';
import type { TensorId } from '../graph/tensor.ts';
import { OP_POLICY } from '../quantization/op-policy.ts';
import { placeQuantization, type ScaleGroup } from '../quantization/placement.ts';
import { INT8_SETTINGS } from '../quantization/settings.ts';
import type { RuleContext } from './context.ts';
import type { Finding, FindingData } from './finding.ts';
import { type GraphView, layerOf } from './graph-view.ts';
import { nameOfMaker } from './mixed-scales-at-concat.ts';
import type { Rule } from './rule.ts';
import { boundsOf } from './value-bounds.ts';
import { listed, quoted } from './words.ts';

interface Data extends FindingData {
  readonly layer: string;
  readonly op: string;
  /** What joins the group: a concatenation, a maximum. */
  readonly join: string;
  /** Who computes the values of the group. */
  readonly sources: readonly string[];
  readonly tensors: number;
}

const NAMES: { readonly [K in OpKind]?: string } = {
  AVERAGE_POOL_2D: 'average pooling',
  MAX_POOL_2D: 'max pooling',
  RESIZE_BILINEAR: 'resizing',
  RESIZE_NEAREST_NEIGHBOR: 'resizing',
  PAD: 'padding',
  PADV2: 'padding',
  MIRROR_PAD: 'padding',
};

export const sameScaleGroup: Rule<Data> = {
  id: 'same-scale-group',
  title: 'Layers far apart have to share one scale',
  category: 'ranges',
  severity: 'information',
  level: 'op',
  check(context: RuleContext): Finding<Data>[] {
    const { fused } = context;
    // Most models join nothing behind a pool: they need no placement.
    const has = (test: (kind: OpKind) => boolean): boolean => fused?.graph.ops.some(({ kind }) => test(kind)) ?? false;
    if (fused === null || !has(isJoin) || !has((kind) => NAMES[kind] !== undefined)) return [];
    const settings = context.config?.settings ?? INT8_SETTINGS;
    return placeQuantization(fused.graph, settings).groups.flatMap((group) => groupFinding(fused, group));
  },
  message: ({ layer, op, join, sources, tensors }) =>
    `The ${op} ${quoted(layer)} copies codes, so ${tensors} tensors from ${listed(sources)} to ${quoted(join)} share one scale, that of the widest. Give the branches the same activation, or expect coarser steps in the narrower ones.`,
  related: () => 'shares the scale',
};

/** A group whose range reaches, through a pool or padding, what something else reads too. */
function groupFinding(view: GraphView, group: ScaleGroup): Finding<Data>[] {
  if (group.tensors.length < 3) return [];
  const makers = group.tensors.flatMap((id) => view.producers[id] ?? []);
  const carrier = makers.find((op) => NAMES[op.kind] !== undefined);
  const join = makers.findLast((op) => op.inputs.length > 1 && isJoin(op.kind));
  const sources = group.tensors.filter((id) => isSource(view, id));
  if (carrier === undefined || join === undefined || sources.length < 2) return [];
  if (new Set(sources.map((id) => JSON.stringify(boundsOf(view, id)))).size < 2) return [];
  const layer = layerOf(carrier);
  const data: Data = {
    layer,
    op: NAMES[carrier.kind] ?? carrier.kind,
    join: layerOf(join),
    sources: [...new Set(sources.map((id) => nameOfMaker(view, id)))],
    tensors: group.tensors.length,
  };
  const layers = [...new Set([layer, data.join, ...data.sources])];
  return [{ rule: 'same-scale-group', at: { kind: 'layer', layer }, layers, data }];
}

const JOINS: ReadonlySet<OpKind> = new Set(['CONCATENATION', 'PACK', 'MAXIMUM', 'MINIMUM', 'SELECT', 'SELECT_V2']);
const isJoin = (kind: OpKind): boolean => JOINS.has(kind);

function isSource(view: GraphView, id: TensorId): boolean {
  const maker = view.producers[id];
  return maker === null || OP_POLICY[maker.kind].kind !== 'same-scale';
}
