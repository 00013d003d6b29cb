// Post-training accuracy: a Keras .h5 quantized without training, scored on all test images.
//
//   node --experimental-strip-types bench/post-training.ts MODEL.h5 DATA.npz [--observer NAME] [--samples 500] [--images N]
//     [--inputs x_test --labels y_test --calibration x_train] [--scale S --offset O] [--tflite OUT.tflite] [--config JSON]
//
// Prints float accuracy, int8 accuracy by our simulator's reference kernels, and the share of equal answers.

import { readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { calibrate } from '../engine/calibration/calibrate.ts';
import { writeTflite } from '../engine/exporters/tflite.ts';
import { foldBatchNorm } from '../engine/graph/passes/fold-batch-norm.ts';
import { fuse } from '../engine/graph/passes/fuse.ts';
import { openModel } from '../engine/importers/open-model.ts';
import { lower } from '../engine/keras/lower/lower.ts';
import { quantize } from '../engine/quantization/quantize.ts';
import { INT8_SETTINGS, type ObserverName, type QuantizationSettings } from '../engine/quantization/settings.ts';
import { createSimulator } from '../engine/simulator/simulator.ts';
import type { Dataset } from '../engine/training/dataset.ts';
import { programForward } from '../engine/training/float-forward.ts';
import { openDataset } from '../host/datasets/open-dataset.ts';
import { answersOf } from '../host/job/metric.ts';
import { runBatch } from '../host/simulation/run-batch.ts';

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    observer: { type: 'string', default: 'moving-average' },
    samples: { type: 'string', default: '500' },
    images: { type: 'string' },
    inputs: { type: 'string', default: 'x_test' },
    labels: { type: 'string', default: 'y_test' },
    calibration: { type: 'string', default: 'x_train' },
    'calibration-labels': { type: 'string', default: 'y_train' },
    scale: { type: 'string', default: '1' },
    offset: { type: 'string', default: '0' },
    tflite: { type: 'string' },
  },
});
const [modelPath, dataPath] = positionals;

const opened = await openModel(readFileSync(modelPath), basename(modelPath));
if (opened.kind !== 'keras') throw new Error(`${modelPath} is no Keras model`);
const graph = foldBatchNorm(fuse(lower(opened.model, opened.weights)));
const classes = graph.tensors[graph.outputs[0]].shape.at(-1) ?? 0;
const use = {
  folder: process.cwd(),
  inputShape: graph.tensors[graph.inputs[0]].shape.slice(1).map((size) => size ?? 1),
  target: { kind: 'class' as const, classes },
  preprocessing: { scale: Number(flags.scale), offset: Number(flags.offset) },
};
const open = (inputs: string, labels: string): Dataset => openDataset({ path: dataPath, inputs, labels }, use);
const test = first(open(flags.inputs, flags.labels), Number(flags.images ?? Number.POSITIVE_INFINITY));
const calibration = first(open(flags.calibration, flags['calibration-labels']), Number(flags.samples));

function first(dataset: Dataset, count: number): Dataset {
  return { ...dataset, size: Math.min(count, dataset.size) };
}

const settings: QuantizationSettings = {
  ...INT8_SETTINGS,
  activations: { ...INT8_SETTINGS.activations, observer: flags.observer as ObserverName },
};
const started = performance.now();
const ranges = calibrate(graph, calibration, settings);
console.log(`calibrated on ${calibration.size} samples in ${((performance.now() - started) / 1000).toFixed(1)} s`);
const integer = quantize(graph, ranges, settings);
if (flags.tflite) {
  writeFileSync(flags.tflite, writeTflite(integer));
  console.log(`wrote ${flags.tflite}`);
}

const sampleSize = use.inputShape.reduce((a, b) => a * b, 1);
const targets = new Float32Array(test.size);
const inputs = new Float32Array(test.size * sampleSize);
test.read(
  Uint32Array.from({ length: test.size }, (_, n) => n),
  inputs,
  targets,
);

/** Share of equal entries, in percent. */
function agreement(a: ArrayLike<number>, b: ArrayLike<number>): string {
  let equal = 0;
  for (let n = 0; n < a.length; n++) if (a[n] === b[n]) equal++;
  return `${((100 * equal) / a.length).toFixed(2)} %`;
}

const forward = programForward(graph, 100);
const floatAnswers = new Int32Array(test.size);
for (let n = 0; n < test.size; n += forward.batch) {
  const count = Math.min(forward.batch, test.size - n);
  forward.input.set(inputs.subarray(n * sampleSize, (n + count) * sampleSize));
  forward.run(count);
  floatAnswers.set(answersOf(forward.tensor(graph.outputs[0]), count), n);
}
console.log(`float ${agreement(floatAnswers, targets)}`);

const simulator = createSimulator(integer, { kernels: 'reference' });
for (const { message } of simulator.stops) console.log(message);
const from = performance.now();
const integerAnswers = answersOf(runBatch(simulator, inputs, test.size), test.size);
const perSecond = (1000 * test.size) / (performance.now() - from);
console.log(
  `int8 (reference kernels) ${agreement(integerAnswers, targets)} of ${test.size}, ` +
    `${agreement(floatAnswers, integerAnswers)} answers as float, ${perSecond.toFixed(0)} images/s`,
);
