// What each layer does to the model's score: regained where it alone is restored to float, lost where it alone is quantized.
// Computed by fake-quantization, which rounds as the integer program does without a kernel set's own small deviations.

import { InputError } from '../errors.ts';
import type { Graph } from '../graph/graph.ts';
import { type KernelBackend, referenceBackend } from '../kernels/backend.ts';
import { argMax } from '../kernels/reference/loss.ts';
import type { Ranges } from '../quantization/ranges.ts';
import type { QuantizationSettings } from '../quantization/settings.ts';
import type { Dataset } from '../training/dataset.ts';
import { perImage } from '../training/plan/planner.ts';
import { layersOf, type PassKind, passName } from '../training/plan/sensitivity.ts';
import { createProgram, type Program } from '../training/program.ts';
import { setRanges } from '../training/state.ts';
import type { ErrorReport, LayerEffect, Sensitivity } from './report.ts';

export interface SensitivityOptions {
  readonly settings: QuantizationSettings;
  readonly ranges: Ranges;
  /** Images from the start of the data; all if left out. */
  readonly images?: number;
  readonly backend?: KernelBackend;
}

const BATCH = 50;

/**
 * Yields what is known after each batch, more exact from one to the next; it can be left at any of them. `graph` is float,
 * fused and folded. Throws an InputError for an op that the training kernels do not have.
 */
export function* measureSensitivity(
  graph: Graph,
  dataset: Dataset,
  options: SensitivityOptions,
): Generator<Sensitivity, Sensitivity, void> {
  const total = Math.min(options.images ?? dataset.size, dataset.size);
  if (total === 0) throw new InputError(`"${dataset.name}" has no samples to measure sensitivities on.`);
  const program = openProgram(graph, dataset, options);
  const layers = layersOf(graph, program.quantization).map(({ name }) => name);
  const scores = new Map<string, PassScore>(passNames(layers).map((name) => [name, { score: 0, noise: 0 }]));
  let signal = 0;
  try {
    for (let first = 0; first < total; first += BATCH) {
      const count = Math.min(BATCH, total - first);
      const indices = Uint32Array.from({ length: count }, (_, index) => first + index);
      dataset.read(indices, program.input, program.targets);
      program.run('inspect-sensitivity', count);
      for (const [name, score] of scores) addPass(program, name, count, score);
      signal += energy(program, count);
      const sensitivity = result(layers, scores, first + count, total, signal);
      if (first + count === total) return sensitivity;
      yield sensitivity;
    }
  } finally {
    program.close();
  }
  throw new RangeError('There was no last batch.');
}

interface PassScore {
  /** Right answers, or less the squared distance from the targets where they are real numbers. */
  score: number;
  /** Squared distance of the outputs from the float model's. */
  noise: number;
}

const passNames = (layers: readonly string[]): string[] => [
  'float',
  'quantized',
  ...layers.flatMap((name) => (['restored', 'alone'] satisfies PassKind[]).map((kind) => passName(kind, name))),
];

function openProgram(graph: Graph, dataset: Dataset, options: SensitivityOptions): Program {
  const program = createProgram(graph, {
    batch: BATCH,
    settings: options.settings,
    training: {
      loss: dataset.target.kind === 'class' ? 'sparse-categorical-crossentropy' : 'mean-squared-error',
      optimizer: { kind: 'sgd', momentum: 0, nesterov: false },
      weightDecay: 0,
      labelSmoothing: 0,
      classWeights: null,
    },
    target: dataset.target,
    backend: options.backend ?? referenceBackend,
    modes: ['inspect-sensitivity'],
    seed: 0,
  });
  setRanges(program, options.ranges);
  return program;
}

function addPass(program: Program, name: string, count: number, score: PassScore): void {
  const size = perImage(program.graph, program.graph.outputs[0]);
  const outputs = program.pass(name);
  const float = program.pass('float');
  const isClass = program.options.target.kind === 'class';
  for (let n = 0; n < count; n++) {
    const own = outputs.subarray(n * size, (n + 1) * size);
    if (isClass) score.score += Number(argMax(own, 0, size) === program.targets[n]);
    for (let i = 0; i < size; i++) {
      score.noise += (own[i] - float[n * size + i]) ** 2;
      if (!isClass) score.score -= (own[i] - program.targets[n * size + i]) ** 2 / size;
    }
  }
}

function energy(program: Program, count: number): number {
  const size = perImage(program.graph, program.graph.outputs[0]);
  return program
    .pass('float')
    .subarray(0, count * size)
    .reduce((sum, value) => sum + value * value, 0);
}

function result(
  layers: readonly string[],
  scores: ReadonlyMap<string, PassScore>,
  images: number,
  total: number,
  signal: number,
): Sensitivity {
  const of = (name: string): PassScore => scores.get(name) ?? { score: 0, noise: 0 };
  const share = (name: string): number => of(name).score / images;
  const sqnr = (name: string): number | null =>
    of(name).noise === 0 ? null : 10 * Math.log10(signal / of(name).noise);
  const effects = layers.map((name): [string, LayerEffect] => [
    name,
    {
      restored: share(passName('restored', name)) - share('quantized'),
      alone: share('float') - share(passName('alone', name)),
      restoredSqnr: sqnr(passName('restored', name)),
      aloneSqnr: sqnr(passName('alone', name)),
    },
  ]);
  return { images, total, float: share('float'), quantized: share('quantized'), effects: Object.fromEntries(effects) };
}

/** The report with what each layer costs. */
export function withEffects(report: ErrorReport, { effects, ...sensitivity }: Sensitivity): ErrorReport {
  const layers = report.layers.map((layer) => {
    const effect = effects[layer.name];
    return effect ? { ...layer, effect } : layer;
  });
  return { ...report, layers, sensitivity };
}
