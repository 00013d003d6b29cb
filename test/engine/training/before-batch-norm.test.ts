// Weights with one scale a tensor that are rounded before their batch norm is folded in, as TFMOT does: the integer graph has a
// scale a channel and computes what was trained.
import { expect, it } from 'vitest';
import { foldBatchNorm } from '../../../engine/graph/passes/fold-batch-norm.ts';
import { quantize } from '../../../engine/quantization/quantize.ts';
import { createSimulator } from '../../../engine/simulator/simulator.ts';
import { setRanges, trainedModel } from '../../../engine/training/state.ts';
import { carryRanges } from '../../../host/job/deploy.ts';
import { Network, randomNumbers } from './networks.ts';
import { schemeProgram, schemeSettings } from './scheme-program.ts';

it('is exported with the scales of training times the factors of the batch norm', () => {
  const network = new Network([6, 6, 4], 3);
  const hidden = network.conv(network.input, { kernel: [3, 3], filters: 4, batchNorm: true, activation: 'RELU' }, true);
  const graph = network.build(hidden);
  const settings = schemeSettings('tfmot-default-8bit');
  const program = schemeProgram(graph, settings);
  const range = { min: -1, max: 1 };
  setRanges(program, new Map([[graph.inputs[0], range], [graph.outputs[0], { min: 0, max: 4 }]])); // biome-ignore format: pairs
  const random = randomNumbers(9);
  program.input.forEach((_, i) => {
    program.input[i] = random();
  });
  program.run('evaluate-quantized', 1);
  const expected = program.tensor('evaluate-quantized', graph.outputs[0]).slice(0, 6 * 6 * 4);
  const trained = trainedModel(program);
  const float = foldBatchNorm(trained.graph);
  const integer = quantize(float, carryRanges(trained.graph, trained.ranges, float), settings);
  const op = integer.ops.find(({ kind }) => kind === 'DEPTHWISE_CONV_2D')!;
  const { scales } = integer.tensors[op.inputs[1]!].quantization!;
  expect(new Set(scales).size).toBe(4);
  const { scales: inputScales, zeroPoints } = integer.tensors[integer.inputs[0]].quantization!;
  const simulator = createSimulator(integer, { kernels: 'xnnpack' });
  simulator.run([
    Int8Array.from(program.input.subarray(0, 6 * 6 * 4), (v) => Math.floor(v / inputScales[0] + 0.5) + zeroPoints[0]),
  ]);
  const [output] = simulator.outputs();
  const codes = Array.from(output.data, Number);
  const apart = codes.map((code, i) => (code - output.zeroPoint) * output.scale - expected[i]);
  expect(apart.filter((distance) => Math.abs(distance) > output.scale / 2).length).toBeLessThanOrEqual(1);
  expect(expected.some((value) => value > 1)).toBe(true);
});
