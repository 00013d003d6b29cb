// Each layer of ours in the scheme tfmot-default-8bit against TFMOT's own, fed what TFMOT's layer gets, with the same weights and
// ranges, for the MLPerf Tiny models: made by test/oracles/tfmot_layers.py into the folder that QUANTLENS_SWEEP names. What was
// found is in test/oracles/tfmot-layers.json; QUANTLENS_UPDATE=1 writes it.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Graph } from '../../../engine/graph/graph.ts';
import type { Op } from '../../../engine/graph/op.ts';
import { dropDropout } from '../../../engine/graph/passes/drop-dropout.ts';
import { fuse } from '../../../engine/graph/passes/fuse.ts';
import { compact } from '../../../engine/graph/passes/replace-tensors.ts';
import type { TensorId } from '../../../engine/graph/tensor.ts';
import { lower } from '../../../engine/keras/lower/lower.ts';
import { referenceBackend, runReference } from '../../../engine/kernels/backend.ts';
import { memoryOver, RANGE } from '../../../engine/kernels/memory.ts';
import { ACTIVATION } from '../../../engine/kernels/reference/activation.ts';
import { deriveGrid } from '../../../engine/kernels/reference/ranges.ts';
import type { Range } from '../../../engine/quantization/ranges.ts';
import { SCHEMES } from '../../../engine/quantization/schemes/schemes.ts';
import type { QuantizationSettings } from '../../../engine/quantization/settings.ts';
import { createProgram } from '../../../engine/training/program.ts';
import { setRanges } from '../../../engine/training/state.ts';
import { loadKerasModel } from '../../../host/models/load-model.ts';
import { type NpzFile, openNpz } from '../../../host/numpy/npz.ts';
import { TOLERANCE } from '../../tolerances.ts';

const folder = process.env.QUANTLENS_SWEEP ?? '';
const models = join(process.env.QUANTLENS_SHARED ?? '../shared', 'data/mlperf_tiny');
const results = join(import.meta.dirname, '../tfmot-layers.json');
const scheme = SCHEMES['tfmot-default-8bit'];
const SETTINGS: QuantizationSettings = {
  target: scheme.target,
  weights: scheme.weights,
  activations: scheme.activations,
  schemeOverrides: scheme.overrides,
  overrides: [],
};

interface Oracle {
  readonly samples: number;
  readonly ranges: Readonly<Record<string, readonly [number, number]>>;
}

interface LayerResult {
  readonly layer: string;
  readonly op: string;
  readonly elements: number;
  readonly differing: number;
  /** Largest difference, in quanta. */
  readonly largest: number;
}

/** TFMOT's layers have the names of Keras's; a name that the model does not have is of the op whose output it moves. */
class Layers {
  readonly #values: NpzFile;
  readonly #oracle: Oracle;
  readonly #graph: Graph;

  constructor(values: NpzFile, oracle: Oracle, graph: Graph) {
    this.#values = values;
    this.#oracle = oracle;
    this.#graph = graph;
  }

  /** The layer whose output a tensor is, the last of those that its op computes. */
  nameOf(id: TensorId): string {
    const op = this.#graph.ops.find(({ outputs }) => outputs[0] === id);
    return op ? (op.layers.at(-1) ?? op.name) : 'quantize_layer';
  }

  values(id: TensorId): Float32Array {
    return Float32Array.from(this.#values.read(this.nameOf(id)).data as ArrayLike<number>);
  }

  /** Through layers that only move values. */
  range(id: TensorId): Range | null {
    const found = this.#oracle.ranges[this.nameOf(id)];
    if (found) return { min: found[0], max: found[1] };
    const op = this.#graph.ops.find(({ outputs }) => outputs[0] === id);
    return op && op.inputs[0] !== null ? this.range(op.inputs[0]) : null;
  }
}

/** The op alone, as a model of one input. */
const alone = (graph: Graph, op: Op): Graph =>
  compact({ ...graph, ops: [op], inputs: [op.inputs[0] as TensorId], outputs: op.outputs });

function computed(graph: Graph, op: Op, layers: Layers, samples: number): Float32Array {
  if (op.kind === 'ADD') return added(op, layers);
  const small = alone(graph, op);
  const size = small.tensors[small.outputs[0]].shape.slice(1).reduce<number>((n, length) => n * (length ?? 1), 1);
  // As in training, before ranges stand still: then biases are rounded too, which TFMOT never does.
  const program = createProgram(small, {
    batch: samples,
    settings: SETTINGS,
    training: { loss: 'mean-squared-error', optimizer: { kind: 'sgd', momentum: 0, nesterov: false }, weightDecay: 0, labelSmoothing: 0, classWeights: null }, // biome-ignore format: not used
    target: { kind: 'value', shape: [size] },
    backend: referenceBackend,
    modes: ['train-observing'],
    seed: 0,
  });
  const ends: [TensorId, TensorId][] = [[small.inputs[0], op.inputs[0] as TensorId], [small.outputs[0], op.outputs[0]]]; // biome-ignore format: pairs
  setRanges(program, new Map(ends.map(([id, from]) => [id, layers.range(from) ?? { min: 0, max: 0 }])));
  program.input.set(layers.values(op.inputs[0] as TensorId));
  program.run('train-observing', samples);
  const result = program.tensor('train-observing', small.outputs[0]).slice();
  program.close();
  return result;
}

/** The kernel call that an ADD becomes in a training program. */
function added(op: Op, layers: Layers): Float32Array {
  const [a, b] = op.inputs.map((id) => layers.values(id as TensorId));
  const memory = memoryOver(new ArrayBuffer((3 * a.length + 400) * 4));
  const at = 100;
  const { min, max } = layers.range(op.outputs[0]) as Range;
  memory.f32.set([min, max], at);
  memory.f32[at + RANGE.codeMin] = -128;
  memory.f32[at + RANGE.codeMax] = 127;
  deriveGrid(memory.f32, at);
  memory.i32[16] = 1;
  const [u, addend, out] = [200, 200 + a.length, 200 + 2 * a.length].map((index) => index * 4);
  memory.f32.set(a, u / 4);
  memory.f32.set(b, addend / 4);
  const { RELU, NONE } = ACTIVATION;
  const activation = 'activation' in op.options && op.options.activation === 'RELU' ? RELU : NONE;
  const parameters = {
    u,
    scale: 0,
    offset: 0,
    addend,
    out,
    pixels: a.length,
    channels: 1,
    activation,
    range: at * 4,
    observed: 0,
  };
  runReference({ kernel: 'affine', op: '', parameters }, memory);
  return memory.f32.slice(out / 4, out / 4 + a.length);
}

function compared(graph: Graph, op: Op, layers: Layers, samples: number): LayerResult {
  const ours = computed(graph, op, layers, samples);
  const theirs = layers.values(op.outputs[0]);
  const { min, max } = layers.range(op.outputs[0]) as Range;
  const quantum = (max - min) / 255;
  let [differing, largest] = [0, 0];
  for (const [i, value] of ours.entries()) {
    const apart = Math.abs(value - theirs[i]) / quantum;
    if (apart > 0.5) differing++;
    largest = Math.max(largest, Math.round(apart));
  }
  return { layer: layers.nameOf(op.outputs[0]), op: op.kind, elements: ours.length, differing, largest };
}

/** Ops that compute new values and round them; pooling and moves keep the grid of their input in the integer program. */
const COMPARED: readonly Op['kind'][] = ['CONV_2D', 'DEPTHWISE_CONV_2D', 'FULLY_CONNECTED', 'ADD'];

describe.each(['ic_resnet8_float', 'kws_dscnn_float', 'vww_mobilenetv1_025_96_float'])('%s', (name) => {
  it.skipIf(!existsSync(join(folder, `${name}.npz`)))(
    'each layer is TFMOT’s, but for a quantum here and there',
    async () => {
      const oracle: Oracle = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'));
      const { model, weights } = await loadKerasModel(join(models, `${name}.h5`), undefined, '.');
      const graph = dropDropout(fuse(lower(model, weights)));
      const layers = new Layers(openNpz(join(folder, `${name}.npz`)), oracle, graph);
      const found = graph.ops
        .filter(({ kind }) => COMPARED.includes(kind))
        .map((op) => compared(graph, op, layers, oracle.samples));
      const committed = existsSync(results) ? JSON.parse(readFileSync(results, 'utf8')) : {};
      if (process.env.QUANTLENS_UPDATE)
        writeFileSync(results, `${JSON.stringify({ ...committed, [name]: found }, null, 1)}\n`);
      for (const { layer, op, elements, differing, largest } of found) {
        console.log(`${name} ${layer} (${op}): ${differing} of ${elements} differ, by ${largest} quanta at most`);
      }
      for (const { elements, differing, largest } of found) {
        expect(differing / elements).toBeLessThanOrEqual(TOLERANCE.tfmotLayer);
        expect(largest).toBeLessThanOrEqual(1);
      }
    },
    600_000,
  );
});
