// `npm run bench:train`: the table of `train-table.ts`. With --model: images per second of training steps of one model on random
// data in memory, GFLOP/s, share of time by kernel, share of the peak in convolutions, start to first step and peak memory.
//   --model resnet8|mobilenetv1|dscnn  --batch 32  --mode qat|float  --steps 20  --threads N  --kernels wide|small|relaxed|plain|reference  --json
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { fuse } from '../engine/graph/passes/fuse.ts';
import { initialWeights } from '../engine/keras/initializers/initialize.ts';
import { lower } from '../engine/keras/lower/lower.ts';
import type { KernelCall } from '../engine/kernels/backend.ts';
import { CONTROL } from '../engine/kernels/memory.ts';
import { INT8_SETTINGS } from '../engine/quantization/settings.ts';
import { createProgram, type Program } from '../engine/training/program.ts';
import { measureGemm } from '../host/kernels/measure-kernels.ts';
import { type BackendOptions, chooseBackend } from '../host/kernels/open-backend.ts';
import { loadKerasModel } from '../host/models/load-model.ts';
import { printTable } from './train-table.ts';

/** Classes and the multiplications of one image forward; a training step has three times as many. */
const MODELS = {
  resnet8: { classes: 10, macs: 12.5e6 },
  mobilenetv1: { classes: 2, macs: 7.5e6 },
  dscnn: { classes: 12, macs: 2.66e6 },
} as const;
type ModelName = keyof typeof MODELS;

const { values: flags } = parseArgs({
  options: {
    model: { type: 'string' },
    batch: { type: 'string', default: '32' },
    mode: { type: 'string' },
    steps: { type: 'string', default: '20' },
    threads: { type: 'string' },
    kernels: { type: 'string' },
    json: { type: 'boolean', default: false },
    // Of the table.
    node: { type: 'string' },
  },
});

export interface Result {
  readonly model: ModelName;
  readonly batch: number;
  readonly mode: string;
  readonly kernels: string;
  readonly threads: number;
  /** Median over the steps. */
  readonly imagesPerSecond: number;
  readonly gflops: number;
  /** Of the convolutions against a matrix product of 512³ on the same kernels. */
  readonly shareOfPeak: number;
  /** From the start of the process, without the making of random data. */
  readonly firstStepMilliseconds: number;
  readonly peakMemoryBytes: number;
  /** Milliseconds of one step by kernel, the largest first. */
  readonly kernelMilliseconds: Readonly<Record<string, number>>;
}

async function open(name: ModelName, batch: number): Promise<Program> {
  const { model } = await loadKerasModel(`bench/models.py:${name}`, undefined, resolve('.'));
  const graph = fuse(lower(model, initialWeights(model, 1)));
  const { backend } = chooseBackend({
    ...(flags.threads ? { threads: Number(flags.threads) } : {}),
    ...(flags.kernels ? { only: flags.kernels as NonNullable<BackendOptions['only']> } : {}),
  });
  const { classes } = MODELS[name];
  return createProgram(graph, {
    batch,
    settings: INT8_SETTINGS,
    training: {
      loss: 'sparse-categorical-crossentropy',
      optimizer: { kind: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-7 },
      weightDecay: 0,
      labelSmoothing: 0,
      classWeights: null,
    },
    target: { kind: 'class', classes },
    backend,
    modes: [modeOf()],
    seed: 1,
  });
}

/** QAT's first part, in which batch statistics and ranges move: the most work, and what TFMOT's step does. */
function modeOf() {
  return flags.mode === 'float' ? ('train-float' as const) : ('train-moving' as const);
}

function fillRandom({ input, targets }: Program, classes: number): void {
  for (let i = 0; i < input.length; i++)
    input[i] = Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
  for (let i = 0; i < targets.length; i++) targets[i] = Math.floor(Math.random() * classes);
}

const median = (times: readonly number[]): number => [...times].sort((a, b) => a - b)[times.length >> 1];

/** Multiplications and additions of a convolution's call. */
function operationsOf({ kernel, parameters }: KernelCall, batch: number): number {
  if (kernel !== 'conv2d' && kernel !== 'convFilterGradient') return 0;
  const { outH, outW, outC, kernelH, kernelW, inC } = parameters;
  return 2 * batch * outH * outW * outC * kernelH * kernelW * inC;
}

async function measure(name: ModelName): Promise<Result> {
  const batch = Number(flags.batch);
  const program = await open(name, batch);
  const mode = modeOf();
  const filling = performance.now();
  fillRandom(program, MODELS[name].classes);
  const filled = performance.now() - filling;
  program.machine.memory.f32[CONTROL.rate] = 1e-3;
  const step = (): number => {
    const begun = performance.now();
    program.run(mode, batch);
    program.update(mode);
    return performance.now() - begun;
  };
  step();
  // The clock begins with the process.
  const firstStepMilliseconds = Math.round(performance.now() - filled);
  for (let i = 0; i < Math.min(10, Number(flags.steps)); i++) step();
  const milliseconds = median(Array.from({ length: Number(flags.steps) }, step));
  const peakMemoryBytes = process.resourceUsage().maxRSS * 1024;
  const byKernel = new Map<string, number>();
  let [convolutions, operations] = [0, 0];
  // The least of several: another process may have had the processor in between.
  const profiles = Array.from({ length: 5 }, () => program.profile(mode, batch));
  for (const [index, { call }] of profiles[0].entries()) {
    const taken = Math.min(...profiles.map((profile) => profile[index].milliseconds));
    byKernel.set(call.kernel, (byKernel.get(call.kernel) ?? 0) + taken);
    const own = operationsOf(call, batch);
    operations += own;
    if (own > 0) convolutions += taken;
  }
  const imagesPerSecond = (batch * 1000) / milliseconds;
  const { backend } = program.options;
  program.close();
  return {
    model: name,
    batch,
    mode: flags.mode === 'float' ? 'float' : 'qat',
    kernels: backend.name,
    threads: backend.threads,
    imagesPerSecond: Math.round(imagesPerSecond),
    gflops: Number(((imagesPerSecond * 6 * MODELS[name].macs) / 1e9).toFixed(1)),
    shareOfPeak: Number((operations / convolutions / 1e6 / measureGemm(backend)).toFixed(3)),
    firstStepMilliseconds,
    peakMemoryBytes,
    kernelMilliseconds: Object.fromEntries(
      [...byKernel].sort((a, b) => b[1] - a[1]).map(([kernel, time]) => [kernel, Number(time.toFixed(3))]),
    ),
  };
}

function print(result: Result): void {
  const { model, batch, mode, kernels, imagesPerSecond, gflops, peakMemoryBytes, kernelMilliseconds } = result;
  const { shareOfPeak, firstStepMilliseconds } = result;
  const total = Object.values(kernelMilliseconds).reduce((a, b) => a + b, 0);
  const shares = Object.entries(kernelMilliseconds)
    .slice(0, 8)
    .map(([kernel, time]) => `${kernel} ${((100 * time) / total).toFixed(0)} %`);
  console.log(
    `${model}, batch ${batch}, ${mode}: ${imagesPerSecond} images/s, ${gflops} GFLOP/s, ${(peakMemoryBytes / 2 ** 20).toFixed(0)} MiB`,
  );
  console.log(
    `  ${kernels}; convolutions at ${(100 * shareOfPeak).toFixed(0)} % of the peak; first step after ${firstStepMilliseconds} ms`,
  );
  console.log(`  ${shares.join(', ')}`);
}

if (flags.model === undefined) {
  printTable(process.argv[1]);
} else {
  const name = flags.model as ModelName;
  if (!(name in MODELS)) {
    console.error(`There is no model "${name}"; expected ${Object.keys(MODELS).join(', ')}.`);
    process.exit(2);
  }
  const result = await measure(name);
  if (flags.json) console.log(JSON.stringify(result));
  else print(result);
}
process.exit();
