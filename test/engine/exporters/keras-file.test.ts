// Trained weights written back into copies of Keras files: what is read again computes what the trained graph computes.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeKerasFile } from '../../../engine/exporters/keras-file.ts';
import { kerasValues, withFakeQuantizedWeights } from '../../../engine/exporters/keras-values.ts';
import type { Graph } from '../../../engine/graph/graph.ts';
import { foldBatchNorm } from '../../../engine/graph/passes/fold-batch-norm.ts';
import { fuse } from '../../../engine/graph/passes/fuse.ts';
import { openModel } from '../../../engine/importers/open-model.ts';
import { lower } from '../../../engine/keras/lower/lower.ts';
import { quantize } from '../../../engine/quantization/quantize.ts';
import { INT8_SETTINGS } from '../../../engine/quantization/settings.ts';
import { TOLERANCE } from '../../tolerances.ts';
import { fusedOutputs, graphOutputs, relativeError } from '../keras/lower/float-run.ts';
import { inputValues } from '../keras/lower/oracle-values.ts';

const FOLDER = join(import.meta.dirname, '../../oracles/keras/model-files');
const MODELS = ['nested', 'sequential', 'recurrent', 'branches'];
const FILES = MODELS.flatMap((name) =>
  [2, 3].flatMap((version) => ['h5', 'keras'].map((end) => `${name}-keras${version}.${end}`)),
);

async function opened(bytes: Uint8Array, name: string) {
  const found = await openModel(bytes, name);
  if (found.kind !== 'keras' || !found.weights) throw new Error(`${name} has no weights.`);
  return { model: found.model, weights: found.weights };
}

/** As a training would leave it: every weight another. */
function trained(graph: Graph): Graph {
  const tensors = graph.tensors.map((tensor) => {
    if (!tensor.isWeight || !(tensor.data instanceof Float32Array)) return tensor;
    return { ...tensor, data: tensor.data.map((value, index) => value * 1.25 + 0.01 * (index % 3)) };
  });
  return { ...graph, tensors };
}

describe('Keras files with trained weights', () => {
  it.each(FILES)('%s', async (name) => {
    const template = readFileSync(join(FOLDER, name));
    const { model, weights } = await opened(template, name);
    const graph = trained(fuse(lower(model, weights)));
    const written = await writeKerasFile(template, name, kerasValues(model, weights, graph));
    const again = await opened(written, name);
    const { shape, dtype } = graph.tensors[graph.inputs[0]];
    const input = inputValues(1, [2, ...shape.slice(1).map((size) => size ?? 1)], dtype === 'int32' ? 12 : undefined);
    const [expected] = graphOutputs(foldBatchNorm(graph), [input]);
    const [found] = fusedOutputs(again.model, again.weights, [input]);
    expect(relativeError(found, expected)).toBeLessThan(TOLERANCE.kerasOutput);
    const [before] = fusedOutputs(model, weights, [input]);
    expect(relativeError(before, expected)).toBeGreaterThan(TOLERANCE.kerasOutput);
  });

  it('writes weights as the integer program has them', async () => {
    const name = 'nested-keras3.keras';
    const template = readFileSync(join(FOLDER, name));
    const { model, weights } = await opened(template, name);
    const graph = fuse(lower(model, weights));
    const folded = foldBatchNorm(graph);
    const ranges = new Map(folded.tensors.map((_, id) => [id, { min: -4, max: 4 }]));
    const integer = quantize(folded, ranges, INT8_SETTINGS);
    const rounded = withFakeQuantizedWeights(graph, integer);
    const again = await opened(await writeKerasFile(template, name, kerasValues(model, weights, rounded)), name);
    const found = foldBatchNorm(fuse(lower(again.model, again.weights)));
    const affine = found.ops.filter(
      ({ kind }) => kind === 'CONV_2D' || kind === 'DEPTHWISE_CONV_2D' || kind === 'FULLY_CONNECTED',
    );
    expect(affine).toHaveLength(4);
    for (const op of affine) {
      const values = found.tensors[op.inputs[1]!].data as Float32Array;
      const { data, quantization } = integer.tensors[integer.ops.find((each) => each.name === op.name)!.inputs[1]!];
      const { scales } = quantization!;
      const run = op.kind === 'DEPTHWISE_CONV_2D' ? 1 : values.length / scales.length;
      const steps = values.map((value, index) => value / scales[Math.floor(index / run) % scales.length]);
      expect(relativeError(steps, Float32Array.from(data as Int8Array))).toBeLessThan(1e-5);
    }
  });
});
