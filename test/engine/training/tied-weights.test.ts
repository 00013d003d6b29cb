// Weights that training left halfway between two codes: the integer graph has the codes that training computed with, though
// the batch norm that is folded in moves each by its rounding.
import { expect, it } from 'vitest';
import { foldBatchNorm } from '../../../engine/graph/passes/fold-batch-norm.ts';
import { stepCode } from '../../../engine/kernels/reference/learned.ts';
import { quantize } from '../../../engine/quantization/quantize.ts';
import { setRanges, trainedModel } from '../../../engine/training/state.ts';
import { carryRanges } from '../../../host/job/deploy.ts';
import { Network } from './networks.ts';
import { schemeProgram, schemeSettings } from './scheme-program.ts';

const CHANNELS = 8;

it('are exported as the codes that training computed with', () => {
  const network = new Network([6, 6, 4], 3);
  const hidden = network.conv(network.input, {
    kernel: [3, 3],
    filters: CHANNELS,
    batchNorm: true,
    activation: 'RELU',
  });
  const graph = network.build(hidden);
  const settings = schemeSettings('w4a8');
  const program = schemeProgram(graph, settings);
  setRanges(program, new Map([[graph.inputs[0], { min: -1, max: 1 }], [graph.outputs[0], { min: 0, max: 4 }]])); // biome-ignore format: pairs
  const id = graph.ops.find(({ kind }) => kind === 'CONV_2D')!.inputs[1]!;
  const { offset, count } = program.store.weights.get(id)!;
  const values = program.view(program.store.values);
  const scales = values.subarray(program.store.steps.get(id)!).subarray(0, CHANNELS).map(Math.exp);
  for (let i = 0; i < count; i++) values[offset + i] = ((i % 13) - 6.5) * scales[i % CHANNELS];
  const gamma = graph.ops.find(({ batchNorm }) => batchNorm)!.batchNorm!.gamma!;
  // A negative factor turns codes, and ties, around.
  values[program.store.weights.get(gamma)!.offset] = -0.7;

  const trained = trainedModel(program);
  const float = foldBatchNorm(trained.graph);
  const integer = quantize(float, carryRanges(trained.graph, trained.ranges, float), settings);
  const real = trained.graph.tensors[id].data as Float32Array;
  const perChannel = real.length / CHANNELS;
  const factors = trained.graph.tensors[gamma].data!;
  const expected = Array.from(real, (weight, i) => {
    const channel = Math.floor(i / perChannel);
    return Math.sign(Number(factors[channel])) * stepCode(weight, scales[channel], -7, 7);
  });
  const codes = integer.tensors[integer.ops.find(({ kind }) => kind === 'CONV_2D')!.inputs[1]!].data as Int8Array;
  expect([...codes]).toEqual(expected);
  expect(new Set(expected).size).toBeGreaterThan(10);
});
