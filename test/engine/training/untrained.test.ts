// What training leaves alone: the slopes of a PReLU, but no weight of a convolution, nor a layer that was frozen on purpose.
import { expect, it } from 'vitest';
import { untrainedLayers } from '../../../engine/training/untrained.ts';
import { Network } from './networks.ts';
import { schemeProgram, schemeSettings } from './scheme-program.ts';

it('names the layers whose weights have no gradient', () => {
  const network = new Network([6, 6, 4], 3);
  const hidden = network.conv(network.input, { kernel: [3, 3], filters: 4, batchNorm: true });
  const slopes = network.builder.weight('slopes', [1, 1, 4], Float32Array.of(0.1, 0.3, 0.2, 0.5));
  const graph = network.build(network.builder.op('PRELU', [hidden, slopes], {}, { name: 'prelu' }));
  const { store } = schemeProgram(graph, schemeSettings('tflite-int8'));
  expect(untrainedLayers(graph, store)).toEqual(['prelu']);
  expect(untrainedLayers(graph, { ...store, frozen: new Set(['prelu']) })).toEqual([]);
});
