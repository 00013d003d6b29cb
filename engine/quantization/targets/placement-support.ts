// A target's word on each op, as the placement of quantization asks for it: what it cannot run on integers stays float.

import type { Op } from '../../graph/op.ts';
import type { Target } from './target.ts';

/** For `placeQuantization`. TFMOT's scheme is a matter of layers: its ops are LiteRT's. */
export function placementSupport(target: Target): (op: Op, bits: 8 | 16) => string | null {
  if (target.level === 'layer') return () => null;
  return (op, bits) => {
    const support = target.ops[op.kind];
    if (support.kind === 'float' || support.kind === 'none') return support.reason;
    const widths = target.activationBits.map((each) => (each <= 8 ? 8 : 16));
    return widths.includes(bits) ? null : `${target.name} has no ${bits}-bit activations`;
  };
}
