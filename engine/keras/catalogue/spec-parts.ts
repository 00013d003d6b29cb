// Parts that many entries of the catalogue share.

import type { Shape } from '../../graph/tensor.ts';
import type { Application, LayerSpec } from './layer-spec.ts';

type Parts = Pick<LayerSpec, 'weights' | 'multiplyAdds'>;

/** A layer without weights that only moves or changes elements: no multiply-adds are counted. */
export const NO_WEIGHTS: Parts = { weights: () => [], multiplyAdds: () => 0 };

/** A layer without weights whose output has its input's shape. */
export const ELEMENTWISE: Parts & Pick<LayerSpec, 'outputShape'> = {
  ...NO_WEIGHTS,
  outputShape: (application: Application): readonly Shape[] => [application.inputs[0]],
};

/** Nothing happens at inference. */
export const IDENTITY: LayerSpec['lower'] = ({ inputs }) => [inputs[0]];
