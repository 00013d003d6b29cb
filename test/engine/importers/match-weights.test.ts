// Which layer of a file each layer of a model gets its weights from.

import { describe, expect, it } from 'vitest';
import { type LayerWeights, matchWeights } from '../../../engine/importers/match-weights.ts';
import { modelFromConfig } from '../../../engine/keras/from-config.ts';
import type { KerasModel } from '../../../engine/keras/model.ts';

/** Dense layers in a row: name and units; the input has 3 features. */
function model(...layers: readonly (readonly [name: string, units: number])[]): KerasModel {
  const input = { class_name: 'InputLayer', config: { name: 'input', batch_shape: [null, 3] } };
  const dense = layers.map(([name, units]) => ({
    module: 'keras.layers',
    class_name: 'Dense',
    config: { name, units },
  }));
  return modelFromConfig({ class_name: 'Sequential', config: { name: 'm', layers: [input, ...dense] } }, 3);
}

function stored(layer: string, inputs: number, units: number): LayerWeights {
  const kernel = { name: `${layer}/kernel`, shape: [inputs, units], data: new Float32Array(inputs * units) };
  return { layer, weights: [kernel, { name: `${layer}/bias`, shape: [units], data: new Float32Array(units) }] };
}

describe('matchWeights', () => {
  it('matches by name whatever the order', () => {
    const match = matchWeights(model(['a', 3], ['b', 3]), [stored('b', 3, 3), stored('a', 3, 3)]);
    expect(match).toMatchObject({ missing: [], unused: [], renamed: [] });
  });

  it('matches by order where automatic names come from another session', () => {
    const match = matchWeights(model(['dense', 3], ['dense_1', 3]), [stored('dense_1', 3, 3), stored('dense_2', 3, 3)]);
    expect(match.missing).toEqual([]);
    expect(match.renamed).toEqual([
      { layer: 'dense', from: 'dense_1' },
      { layer: 'dense_1', from: 'dense_2' },
    ]);
  });

  it('takes a backbone from a larger file and says what is left', () => {
    const match = matchWeights(model(['a', 4], ['head', 2]), [stored('a', 3, 4), stored('b', 4, 5), stored('c', 4, 2)]);
    expect(match.renamed).toEqual([{ layer: 'head', from: 'c' }]);
    expect(match.unused).toEqual(['b']);
  });

  it('says what a layer expects and what the file has', () => {
    const { missing } = matchWeights(model(['a', 4]), [stored('a', 3, 5)]);
    expect(missing).toEqual(['Layer "a" expects kernel 3×4, bias 4, but the file has a/kernel 3×5, a/bias 5.']);
  });

  it('says which layers the file has nothing for', () => {
    expect(matchWeights(model(['a', 4], ['b', 4]), [stored('a', 3, 4)]).missing).toEqual([
      'Layer "b" has no weights in the file.',
    ]);
  });
});
