// `npm run bench:errors [MODEL.h5 DATA.npz]`: seconds for the errors of all layers on 500 images, and for what each layer costs on
// 2,000, of MLPerf Tiny's ResNet8 on CIFAR-10; and the longest time between two pauses, at which a job can be cancelled.

import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { calibrate } from '../engine/calibration/calibrate.ts';
import { anyForward } from '../engine/error-analysis/any-forward.ts';
import { measureErrors } from '../engine/error-analysis/measure.ts';
import { measureSensitivity } from '../engine/error-analysis/sensitivity.ts';
import { foldBatchNorm } from '../engine/graph/passes/fold-batch-norm.ts';
import { fuse } from '../engine/graph/passes/fuse.ts';
import { openModel } from '../engine/importers/open-model.ts';
import { lower } from '../engine/keras/lower/lower.ts';
import { quantize } from '../engine/quantization/quantize.ts';
import { INT8_SETTINGS } from '../engine/quantization/settings.ts';
import { openDataset } from '../host/datasets/open-dataset.ts';
import { openBackend } from '../host/kernels/open-backend.ts';
import { openAccelerator } from '../host/simulation/accelerator.ts';

const shared = process.env.QUANTLENS_SHARED ?? '../shared';
const [modelPath = `${shared}/data/mlperf_tiny/ic_resnet8_float.h5`, dataPath = `${shared}/data/cifar10.npz`] =
  process.argv.slice(2);

const opened = await openModel(readFileSync(modelPath), basename(modelPath));
if (opened.kind !== 'keras') throw new Error(`${modelPath} is no Keras model`);
const graph = foldBatchNorm(fuse(lower(opened.model, opened.weights)));
const use = {
  folder: process.cwd(),
  inputShape: graph.tensors[graph.inputs[0]].shape.slice(1).map((size) => size ?? 1),
  target: { kind: 'class' as const, classes: graph.tensors[graph.outputs[0]].shape.at(-1) ?? 0 },
  preprocessing: { scale: 1, offset: 0 },
};
const backend = openBackend();
console.log(`${basename(modelPath)}, ${backend.name}, Node ${process.version}`);
const train = openDataset({ path: dataPath, inputs: 'x_train', labels: 'y_train' }, use);
const test = openDataset({ path: dataPath, inputs: 'x_test', labels: 'y_test' }, use);
const ranges = calibrate(graph, { ...train, size: 500 }, INT8_SETTINGS, { forward: anyForward(graph, 32, backend) });
const integer = quantize(graph, ranges, INT8_SETTINGS);

function timed<T>(name: string, images: number, steps: Generator<unknown, T, void>): T {
  const started = performance.now();
  const cpu = process.cpuUsage();
  let last = started;
  let pause = 0;
  for (;;) {
    const step = steps.next();
    const now = performance.now();
    pause = Math.max(pause, now - last);
    last = now;
    if (!step.done) continue;
    const seconds = ((now - started) / 1000).toFixed(2);
    const { user, system } = process.cpuUsage(cpu);
    const used = ((user + system) / 1e6).toFixed(2);
    console.log(
      `${name}, ${images} images: ${seconds} s (${used} s of CPU), at most ${pause.toFixed(0)} ms between two pauses`,
    );
    return step.value;
  }
}

timed(
  'errors of all layers',
  500,
  measureErrors({ float: graph, integer }, test, {
    kernels: 'reference',
    images: 500,
    backend,
    accelerator: openAccelerator(),
  }),
);
const settings = INT8_SETTINGS;
const { effects } = timed(
  'what each layer costs',
  2000,
  measureSensitivity(graph, test, { settings, ranges, images: 2000, backend }),
);
console.log(`${Object.keys(effects).length} layers, each restored alone and each quantized alone`);
process.exit(0);
