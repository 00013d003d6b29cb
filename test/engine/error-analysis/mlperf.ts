// MLPerf Tiny's float models with their data, as the error oracle and its test both open them.
import { readFileSync } from 'node:fs';
import type { Graph } from '../../../engine/graph/graph.ts';
import { foldBatchNorm } from '../../../engine/graph/passes/fold-batch-norm.ts';
import { fuse } from '../../../engine/graph/passes/fuse.ts';
import { openModel } from '../../../engine/importers/open-model.ts';
import { lower } from '../../../engine/keras/lower/lower.ts';
import type { Dataset } from '../../../engine/training/dataset.ts';
import { openNpz } from '../../../host/numpy/npz.ts';

export const MODELS = {
  resnet8: { file: 'ic_resnet8_float.h5', data: 'cifar10.npz', inputs: 'x_test', images: 3 },
  dscnn: { file: 'kws_dscnn_float.h5', data: 'kws_perf1000.npz', inputs: 'x', images: 8 },
} as const;
export type ModelName = keyof typeof MODELS;

/** The folded float graph, and the first images as the float model takes them. */
export async function openMlperf(name: ModelName, folder: string): Promise<{ graph: Graph; dataset: Dataset }> {
  const { file, data, inputs, images } = MODELS[name];
  const opened = await openModel(readFileSync(`${folder}/mlperf_tiny/${file}`), file);
  if (opened.kind !== 'keras') throw new Error(file);
  const graph = foldBatchNorm(fuse(lower(opened.model, opened.weights)));
  const arrays = openNpz(`${folder}/${data}`);
  const { data: codes, shape } = arrays.read(inputs);
  const size = shape.slice(1).reduce((a, b) => a * b, 1);
  // The keyword inputs are codes with a scale; images are as they are.
  const scale = name === 'dscnn' ? Math.fround(Number(arrays.read('scale').data[0])) : 1;
  const zeroPoint = name === 'dscnn' ? Number(arrays.read('zero_point').data[0]) : 0;
  return {
    graph,
    dataset: {
      name: data,
      size: images,
      inputShape: shape.slice(1),
      target: { kind: 'class', classes: graph.tensors[graph.outputs[0]].shape.at(-1) ?? 0 },
      read(indices, values) {
        for (let n = 0; n < indices.length; n++) {
          for (let i = 0; i < size; i++) {
            values[n * size + i] = Math.fround((Number(codes[indices[n] * size + i]) - zeroPoint) * scale);
          }
        }
      },
    },
  };
}
