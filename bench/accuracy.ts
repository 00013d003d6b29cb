// Accuracy of quantized models on real data, with several seeds: each line is a run of the command line on a config that it
// prints, so that anyone can run it alone.
//
//   npm run bench:accuracy -- MODEL.h5 DATA.npz [--only int8,w4a8] [--seeds 3] [--epochs N] [--cli dist/cli.mjs]
//
// DATA.npz holds x_train, y_train, x_test and y_test. Every score of an integer model names its kernel set.

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: 'string' },
    seeds: { type: 'string', default: '3' },
    epochs: { type: 'string' },
    cli: { type: 'string', default: 'dist/cli.mjs' },
  },
});
const [model, data] = positionals.map((path) => resolve(path));

interface Variant {
  readonly command: 'quantize' | 'train';
  readonly quantization: object;
  readonly postTraining?: object;
  readonly training?: object;
}

/** Learned scales start from a trained float model: Adam with a cosine, the float model as the teacher. */
const LEARNING = {
  optimizer: 'adam',
  schedule: 'cosine',
  batch: 32,
  freeze: { batchNorm: 0.7, observers: 0.9 },
  distillation: { weight: 0.7, temperature: 4 },
} as const;

const VARIANTS: Readonly<Record<string, Variant>> = {
  'int8-percentile': { command: 'quantize', quantization: { activations: { observer: 'percentile' } } },
  'int8-entropy': { command: 'quantize', quantization: { activations: { observer: 'entropy' } } },
  'per-tensor': { command: 'quantize', quantization: { weights: { granularity: 'per-tensor' } } },
  'per-tensor-equalized': {
    command: 'quantize',
    quantization: { weights: { granularity: 'per-tensor' }, activations: { observer: 'percentile' } },
    postTraining: { equalization: true, adaptiveRounding: true, biasCorrection: true },
  },
  int8: { command: 'train', quantization: {}, training: { epochs: 3, learningRate: 1e-4, batch: 32 } },
  w4a8: {
    command: 'train',
    quantization: { scheme: 'w4a8' },
    training: { ...LEARNING, epochs: 6, learningRate: 3e-4 },
  },
  w4a4: {
    command: 'train',
    quantization: { scheme: 'w4a4' },
    training: { ...LEARNING, epochs: 12, learningRate: 6e-4 },
  },
};

function configOf({ quantization, postTraining, training }: Variant, seed: number): object {
  return {
    model,
    data: {
      train: { path: data, inputs: 'x_train', labels: 'y_train' },
      validation: { path: data, inputs: 'x_test', labels: 'y_test' },
      calibration: { samples: 500 },
      augmentation: { flip: 'horizontal', shift: 4 },
    },
    quantization,
    ...(postTraining ? { postTraining } : {}),
    ...(training ? { training: { ...training, seed, ...(flags.epochs ? { epochs: Number(flags.epochs) } : {}) } } : {}),
  };
}

const folder = mkdtempSync(join(tmpdir(), 'quantlens-accuracy-'));
const percent = (share: number | undefined): string => (share === undefined ? '' : `${(100 * share).toFixed(2)} %`);

for (const [name, variant] of Object.entries(VARIANTS)) {
  if (flags.only !== undefined && !flags.only.split(',').includes(name)) continue;
  // Post-training quantization draws nothing at random.
  const seeds = variant.command === 'train' ? Number(flags.seeds) : 1;
  for (let seed = 0; seed < seeds; seed++) {
    const own = join(folder, `${name}-${seed}`);
    mkdirSync(own);
    const config = join(own, 'model.quant.yaml');
    // JSON is YAML.
    writeFileSync(config, JSON.stringify(configOf(variant, seed), null, 2));
    const started = performance.now();
    const run = spawnSync(process.execPath, [resolve(flags.cli), variant.command, config, '--json'], {
      cwd: own,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    if (run.status !== 0) throw new Error(`${name}, seed ${seed}: ${run.stderr}`);
    const result = JSON.parse(run.stdout.trim().split('\n').at(-1) ?? '');
    const { kernels } = JSON.parse(readFileSync(join(result.run, 'run.json'), 'utf8'));
    const parts = [
      `float ${percent(result.float?.accuracy)}`,
      `post-training ${percent(result.ptq?.accuracy)}`,
      ...(result.qat
        ? [`trained ${percent(result.qat.accuracy)}`, `fake-quantized ${percent(result.qat.fakeQuantAccuracy)}`]
        : []),
    ];
    const seconds = ((performance.now() - started) / 1000).toFixed(0);
    console.log(`${name}, seed ${seed}: ${parts.join(', ')} (${kernels} kernels, ${seconds} s)`);
  }
}
