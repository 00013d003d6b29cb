// From a network of models.py to its integer .tflite, with initial weights and ranges of random inputs.

import { writeTflite } from '../../../engine/exporters/tflite.ts';
import type { Graph } from '../../../engine/graph/graph.ts';
import { foldBatchNorm } from '../../../engine/graph/passes/fold-batch-norm.ts';
import { fuse } from '../../../engine/graph/passes/fuse.ts';
import { initialWeights } from '../../../engine/keras/initializers/initialize.ts';
import { lower } from '../../../engine/keras/lower/lower.ts';
import type { KerasModel, KerasWeights } from '../../../engine/keras/model.ts';
import { quantize } from '../../../engine/quantization/quantize.ts';
import type { QuantizationSettings } from '../../../engine/quantization/settings.ts';
import { observedRanges } from './ranges.ts';

/** Weights as after some training: statistics and offsets of batch norms and biases that are not 0 and 1. */
function trained(model: KerasModel): KerasWeights {
  const kinds = new Map<string, readonly string[]>();
  const visit = ({ layers }: KerasModel, prefix: string): void => {
    for (const layer of layers) {
      kinds.set(
        `${prefix}${layer.name}`,
        layer.weights.map(({ name }) => name),
      );
      if (layer.model) visit(layer.model, `${prefix}${layer.name}/`);
    }
  };
  visit(model, '');
  const spread = (i: number): number => ((i * 7919 + 13) % 101) / 101 - 0.5;
  return new Map(
    [...initialWeights(model, 1)].map(([layer, arrays]) => [
      layer,
      arrays.map((array, at) => {
        const name = kinds.get(layer)?.[at] ?? '';
        const data = array.data.slice();
        if (/gamma|variance/.test(name))
          data.forEach((_, i) => {
            data[i] = 1 + spread(i);
          });
        else if (/beta|mean|bias/.test(name))
          data.forEach((_, i) => {
            data[i] += 0.4 * spread(i);
          });
        return { ...array, data };
      }),
    ]),
  );
}

export interface Converted {
  readonly float: Graph;
  readonly integer: Graph;
  readonly tflite: Uint8Array;
}

export function convert(model: KerasModel, settings: QuantizationSettings): Converted {
  const float = foldBatchNorm(fuse(lower(model, trained(model))));
  const integer = quantize(float, observedRanges(float, settings), settings);
  return { float, integer, tflite: writeTflite(integer) };
}
