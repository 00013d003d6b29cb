// `npm run bench:train`: images per second of training steps on random data in memory, GFLOP/s, share of time by kernel and
// peak memory, for ResNet8, MobileNetV1 0.25 and DS-CNN. Given a Python with TFMOT (QUANTLENS_PYTHON) and the peer's script
// (QUANTLENS_PEER, called as SCRIPT MODEL BATCH float|qat STEPS), runs alternate and the ratio is printed.
//   --model resnet8|mobilenetv1|dscnn  --batch 32  --mode qat|float  --steps 20  --threads N  --kernels wide|relaxed|plain|reference  --json
import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { fuse } from '../engine/graph/passes/fuse.ts';
import { initialWeights } from '../engine/keras/initializers/initialize.ts';
import { lower } from '../engine/keras/lower/lower.ts';
import { CONTROL } from '../engine/kernels/memory.ts';
import { INT8_SETTINGS } from '../engine/quantization/settings.ts';
import { createProgram, type Program } from '../engine/training/program.ts';
import { type BackendOptions, chooseBackend } from '../host/kernels/open-backend.ts';
import { loadKerasModel } from '../host/models/load-model.ts';

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
  },
});

interface Result {
  readonly model: ModelName;
  readonly batch: number;
  readonly mode: string;
  readonly kernels: string;
  readonly threads: number;
  /** Median over the steps. */
  readonly imagesPerSecond: number;
  readonly gflops: number;
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

async function measure(name: ModelName): Promise<Result> {
  const batch = Number(flags.batch);
  const program = await open(name, batch);
  const mode = modeOf();
  fillRandom(program, MODELS[name].classes);
  program.machine.memory.f32[CONTROL.rate] = 1e-3;
  const step = (): number => {
    const begun = performance.now();
    program.run(mode, batch);
    program.update(mode);
    return performance.now() - begun;
  };
  for (let i = 0; i < 10; i++) step();
  const milliseconds = median(Array.from({ length: Number(flags.steps) }, step));
  const byKernel = new Map<string, number>();
  for (const { call, milliseconds: taken } of program.profile(mode, batch)) {
    byKernel.set(call.kernel, (byKernel.get(call.kernel) ?? 0) + taken);
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
    peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
    kernelMilliseconds: Object.fromEntries(
      [...byKernel].sort((a, b) => b[1] - a[1]).map(([kernel, time]) => [kernel, Number(time.toFixed(3))]),
    ),
  };
}

/** Median images per second of TensorFlow with TFMOT, or null without a Python. */
function measurePeer(name: ModelName): number | null {
  const { QUANTLENS_PYTHON: python, QUANTLENS_PEER: script } = process.env;
  if (!python || !script) return null;
  const options = [script, name, flags.batch, flags.mode === 'float' ? 'float' : 'qat', flags.steps];
  const out = execFileSync(python, options, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  return Number(/median (\d+)/.exec(out)?.[1]);
}

function print(result: Result): void {
  const { model, batch, mode, kernels, imagesPerSecond, gflops, peakMemoryBytes, kernelMilliseconds } = result;
  const total = Object.values(kernelMilliseconds).reduce((a, b) => a + b, 0);
  const shares = Object.entries(kernelMilliseconds)
    .slice(0, 8)
    .map(([kernel, time]) => `${kernel} ${((100 * time) / total).toFixed(0)} %`);
  console.log(
    `${model}, batch ${batch}, ${mode}: ${imagesPerSecond} images/s, ${gflops} GFLOP/s, ${(peakMemoryBytes / 2 ** 20).toFixed(0)} MiB`,
  );
  console.log(`  ${kernels}\n  ${shares.join(', ')}`);
}

const names = flags.model ? [flags.model as ModelName] : (Object.keys(MODELS) as ModelName[]);
const unknown = names.find((name) => !(name in MODELS));
if (unknown !== undefined) {
  console.error(`There is no model "${unknown}"; expected ${Object.keys(MODELS).join(', ')}.`);
  process.exit(2);
}
for (const name of names) {
  const result = await measure(name);
  if (flags.json) {
    console.log(JSON.stringify(result));
    continue;
  }
  print(result);
  const peer = measurePeer(name);
  // Ours again after the peer: the machine may have changed in between.
  if (peer !== null) {
    const again = await measure(name);
    const ours = (result.imagesPerSecond + again.imagesPerSecond) / 2;
    console.log(
      `  TensorFlow with TFMOT: ${peer} images/s; ours ${ours.toFixed(0)}, ${(ours / peer).toFixed(2)} times as many`,
    );
  }
}
process.exit();
