// The table of `npm run bench:train`: each figure from a process of its own, ours before and after the peer's, medians of steps.
// Given a Python with TFMOT (QUANTLENS_PYTHON) and the peer's script (QUANTLENS_PEER, called as SCRIPT MODEL BATCH float|qat
// STEPS), its figures stand beside ours. --node NODE measures with another Node, too. About 12 minutes with both.
import { execFileSync } from 'node:child_process';
import { argv, env, execPath, versions } from 'node:process';
import type { Result } from './train.ts';

const MODELS = ['resnet8', 'mobilenetv1', 'dscnn'] as const;
type Model = (typeof MODELS)[number];
type Mode = 'qat' | 'float';
const BATCHES = [1, 8, 32, 128, 512];

function ours(script: string, node: string, options: Readonly<Record<string, string | number>>): Result {
  const flags = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const out = execFileSync(node, [script, ...flags, '--json'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return JSON.parse(out) as Result;
}

/** Images per second of TensorFlow with TFMOT, or null without a Python. */
function peer(model: Model, mode: Mode): number | null {
  const { QUANTLENS_PYTHON: python, QUANTLENS_PEER: script } = env;
  if (!python || !script) return null;
  const out = execFileSync(python, [script, model, '32', mode, '20'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return Number(/median (\d+)/.exec(out)?.[1]);
}

const cell = (value: string | number, width = 12): string => String(value).padStart(width);
const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
const times = (ratio: number): string => `${ratio.toFixed(2)}×`;

interface Nodes {
  readonly name: string;
  readonly path: string;
}

function nodesOf(): readonly Nodes[] {
  const index = argv.indexOf('--node');
  const own = { name: `Node ${versions.node.split('.')[0]}`, path: execPath };
  if (index < 0) return [own];
  const path = argv[index + 1];
  const version = execFileSync(path, ['--version'], { encoding: 'utf8' });
  return [own, { name: `Node ${version.slice(1).split('.')[0]}`, path }];
}

export function printTable(script: string): void {
  const nodes = nodesOf();
  const speeds = new Map<string, number>();
  console.log(`images/s, batch 32${cell('peer')}${nodes.map(({ name }) => cell(name) + cell('ratio', 8)).join('')}`);
  for (const mode of ['qat', 'float'] as const) {
    for (const model of MODELS) speedRow(script, nodes, model, mode, speeds);
  }
  console.log('\nQAT step / float step');
  for (const model of MODELS) {
    const ratio = ({ name }: Nodes): number =>
      speeds.get(`${model} float ${name}`)! / speeds.get(`${model} qat ${name}`)!;
    console.log(model.padEnd(18) + nodes.map((node) => cell(node.name) + cell(times(ratio(node)), 8)).join(''));
  }
  for (const node of nodes) details(script, node);
}

function speedRow(
  script: string,
  nodes: readonly Nodes[],
  model: Model,
  mode: Mode,
  speeds: Map<string, number>,
): void {
  const measure = (): number[] => nodes.map(({ path }) => ours(script, path, { model, mode }).imagesPerSecond);
  const before = measure();
  const theirs = peer(model, mode);
  // Ours again after the peer: the machine may have changed in between.
  const after = theirs === null ? before : measure();
  const cells = nodes.map(({ name }, index) => {
    const own = mean([before[index], after[index]]);
    speeds.set(`${model} ${mode} ${name}`, own);
    return cell(own.toFixed(0)) + cell(theirs === null ? '' : times(own / theirs), 8);
  });
  console.log(`${model} ${mode}`.padEnd(18) + cell(theirs ?? 'no Python') + cells.join(''));
}

function details(script: string, { name, path }: Nodes): void {
  console.log(`\nResNet8, QAT, ${name}: batch, images/s, peak MB, first step ms, convolutions' share of the peak`);
  for (const batch of BATCHES) {
    const steps = batch > 100 ? 4 : 20;
    const run = ours(script, path, { model: 'resnet8', mode: 'qat', batch, steps });
    const { imagesPerSecond, peakMemoryBytes, firstStepMilliseconds, shareOfPeak } = run;
    const megabytes = (peakMemoryBytes / 1e6).toFixed(0);
    const share = `${(100 * shareOfPeak).toFixed(0)} %`;
    console.log([batch, imagesPerSecond, megabytes, firstStepMilliseconds, share].map((value) => cell(value)).join(''));
  }
  const speed = (threads: number): number =>
    ours(script, path, { model: 'resnet8', mode: 'qat', threads }).imagesPerSecond;
  const [one, two, again] = [speed(1), speed(2), speed(1)];
  console.log(`two threads against one: ${times(two / mean([one, again]))}`);
}
