// The main job from the command line: what `--json` prints, what lies in the run folder, and that a killed run goes on to
// the same bits.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { beforeAll, expect, test } from 'vitest';
import { openModel } from '../../engine/importers/open-model.ts';
import type { KerasWeights } from '../../engine/keras/model.ts';
import { readCheckpoint } from '../../host/job/checkpoints.ts';
import type { JobEvent } from '../../protocol/job-events.ts';
import type { JobRequest } from '../../protocol/job-request.ts';
import { DIST, json, quantlens, type Result } from './quantlens.ts';
import { DIGITS, smallConfig, smallData } from './small-data.ts';

const small = smallData();
const { folder } = small;
small.npz('small.npz');
const TRAINING = `floatTraining: { epochs: 2, learningRate: 3e-3, batch: 32, checkpointEvery: 1 }
training: { epochs: 2, batch: 32, learningRate: 3e-4, checkpointEvery: 1 }
`;
const config = small.config('small.quant.yaml', smallConfig(undefined, 'small.npz', TRAINING));
const share = expect.toSatisfy((value: number) => value >= 0 && value <= 1);

interface TrainJson {
  readonly run: string;
}

let whole: Result;
let run: string;

beforeAll(() => {
  // From another folder than the config's, by a relative path.
  mkdirSync(join(folder, 'elsewhere'));
  whole = quantlens(join(folder, 'elsewhere'), 'train', '../small.quant.yaml', '--json');
  run = (json(whole) as TrainJson).run;
}, 120_000);

test('trains on the WebAssembly kernels wherever the checkout has them', () => {
  const { kernels } = json(quantlens(folder, 'doctor', '--json')) as { kernels: string };
  expect(kernels === 'reference').toBe(!existsSync(join(DIST, 'kernels')));
});

test('train --json ends with one object, everything else is on standard error', () => {
  expect(whole.code).toBe(0);
  expect(whole.stdout.trimEnd().split('\n')).toHaveLength(1);
  expect(json(whole)).toEqual({
    float: { accuracy: share },
    ptq: { accuracy: share },
    qat: { accuracy: share, fakeQuantAccuracy: share },
    imagesPerSecond: expect.any(Number),
    run: join(folder, 'elsewhere', '.quantlens', 'runs', basename(run)),
  });
  expect(whole.stderr).toMatch(/Training with quantization, 2 epochs of 192 samples/);
  expect(whole.stderr).toMatch(/epoch 2\/2: loss [\d.]+, accuracy [\d.]+ %, validation [\d.]+ %, int8 [\d.]+ %/);
});

test('the run folder holds the models, the report and nothing half-written', () => {
  const files = readdirSync(run);
  for (const name of ['float.tflite', 'ptq.tflite', 'qat.tflite', 'report.json', 'report.html', 'run.json']) {
    expect(files).toContain(name);
  }
  expect(files.filter((name) => name.endsWith('.part'))).toEqual([]);
  expect(readFileSync(join(run, 'qat.tflite')).subarray(4, 8).toString()).toBe('TFL3');
});

test('inspect --json lists the layers with their errors, by id and by path, also where the report is lost', () => {
  const layer = {
    name: expect.any(String),
    op: expect.any(String),
    local: expect.objectContaining({ sqnr: expect.any(Number), rmseOverScale: expect.any(Number) }),
    accumulated: expect.objectContaining({ cosine: expect.any(Number), bias: expect.any(Number) }),
    saturated: share,
  };
  const first = quantlens(join(folder, 'elsewhere'), 'inspect', basename(run), '--json');
  expect(first.code).toBe(0);
  const { layers } = json(first) as { layers: object[] };
  expect(layers).toHaveLength(10);
  expect(layers[0]).toMatchObject(layer);
  rmSync(join(run, 'report.json'));
  const again = quantlens(folder, 'inspect', run, '--json');
  expect(again.code).toBe(0);
  expect(json(again)).toEqual({ layers });
});

test('inspect hands the report on: CSV, JSON and node data of Model Explorer by the tensors of the .tflite', () => {
  const write = (format: string, output: string): string => {
    expect(quantlens(folder, 'inspect', run, '--format', format, '--output', output)).toMatchObject({
      code: 0,
      stdout: `${output}\n`,
    });
    return readFileSync(join(folder, output), 'utf8');
  };
  const [head, first, ...others] = write('csv', 'out/layers.csv').trimEnd().split('\n');
  expect(head).toMatch(/^layer,op,output,keras_layers,local_sqnr,/);
  expect(first).toMatch(/^stem,CONV_2D,stem_relu6\/relu6,stem .*,[\d.]+,/);
  expect(others).toHaveLength(9);
  expect(quantlens(folder, 'inspect', run, '--format', 'csv').stdout.split('\n').slice(0, 2)).toEqual([head, first]);
  expect(JSON.parse(write('json', 'out/report.json')).layers).toHaveLength(10);
  const { main } = JSON.parse(write('model-explorer', 'out/nodes.json')) as { main: { results: object } };
  const graph = json(quantlens(folder, 'graph', join(run, 'qat.tflite'), '--json'));
  const names = (graph as { subgraphs: { tensors: { name: string }[] }[] }).subgraphs[0].tensors.map(
    ({ name }) => name,
  );
  expect(names).toEqual(expect.arrayContaining(Object.keys(main.results)));
});

test('compare puts a run beside another, with what was changed', () => {
  small.config('small.quant.yaml', smallConfig(undefined, 'small.npz', TRAINING.replaceAll('3e-4', '1e-3')));
  const other = quantlens(folder, 'quantize', 'small.quant.yaml', '--json');
  small.config('small.quant.yaml', smallConfig(undefined, 'small.npz', TRAINING));
  const { run: second } = json(other) as TrainJson;
  const result = quantlens(folder, 'compare', run, basename(second), '--json');
  expect(result.code).toBe(0);
  expect(json(result)).toMatchObject({
    runs: [
      { id: basename(run), kind: 'train' },
      { id: basename(second), kind: 'quantize' },
    ],
    metric: { name: 'accuracy' },
    config: [{ key: 'training.learningRate', values: ['0.0003', '0.001'] }],
    sources: [{ file: 'small.quant.yaml', run: 1 }],
  });
  const text = quantlens(folder, 'compare', run, second);
  expect(text.stdout).toMatch(/- training: .*3e-4.*\n\+ training: .*1e-3/);
  expect(text.stdout).toMatch(/multiply-adds +│ +113,520 │ +113,520 │/);
});

test('export writes the .tflite of the run, and a C array with its header', () => {
  const tflite = quantlens(folder, 'export', run, '--format', 'tflite', '--output', 'out/m.tflite', '--json');
  expect(json(tflite)).toEqual({ files: [join(folder, 'out', 'm.tflite')] });
  const bytes = readFileSync(join(folder, 'out', 'm.tflite'));
  expect(bytes).toEqual(readFileSync(join(run, 'qat.tflite')));
  const c = quantlens(folder, 'export', run, '--format', 'c', '--output', 'out/m.c', '--json');
  expect(json(c)).toEqual({ files: [join(folder, 'out', 'm.c'), join(folder, 'out', 'm.h')] });
  const array = readFileSync(join(folder, 'out', 'm.c'), 'utf8');
  const codes = [...array.matchAll(/0x([0-9a-f]{2})/g)].map(([, code]) => Number.parseInt(code, 16));
  expect(Buffer.from(codes)).toEqual(bytes);
  expect(quantlens(folder, 'export', run, '--format', 'c', '--output', 'out/m.txt').code).toBe(2);
});

test('export hands the ranges on, as JSON and as AIMET encodings', () => {
  const ranges = quantlens(folder, 'export', run, '--format', 'ranges', '--output', 'out/ranges.json', '--json');
  expect(json(ranges)).toEqual({ files: [join(folder, 'out', 'ranges.json')] });
  expect(readFileSync(join(folder, 'out', 'ranges.json'), 'utf8')).toMatch(/"stem/);
  expect(quantlens(folder, 'export', run, '--format', 'aimet', '--output', 'out/aimet.json').code).toBe(0);
  const encodings = JSON.parse(readFileSync(join(folder, 'out', 'aimet.json'), 'utf8'));
  expect(Object.keys(encodings)).toEqual(expect.arrayContaining(['activation_encodings', 'param_encodings']));
});

test('export writes the trained weights into a copy of the Keras file', async () => {
  const weightsOf = async (...options: string[]) => {
    const result = quantlens(
      folder,
      'export',
      run,
      '--format',
      'keras',
      '--output',
      'out/m.keras',
      ...options,
      '--json',
    );
    expect(json(result)).toEqual({ files: [join(folder, 'out', 'm.keras')] });
    return kerasWeights(join(folder, 'out', 'm.keras'));
  };
  const before = await kerasWeights(join(DIGITS, 'digits.keras'));
  const float = await weightsOf();
  const rounded = await weightsOf('--weights', 'fake-quantized');
  expect([...float.keys()]).toEqual([...before.keys()]);
  const [first] = before.keys();
  const kernels = [before, float, rounded].map((weights) => weights.get(first)![0].data);
  for (const [index, kernel] of kernels.entries()) {
    expect(kernel).toHaveLength(kernels[0].length);
    for (const other of kernels.slice(index + 1)) expect(kernel).not.toEqual(other);
  }
  expect(quantlens(folder, 'export', run, '--format', 'keras', '--output', 'out/m.h5').code).toBe(2);
});

async function kerasWeights(path: string): Promise<KerasWeights> {
  const opened = await openModel(readFileSync(path), path);
  if (opened.kind !== 'keras' || !opened.weights) throw new Error(`${path} has no weights.`);
  return opened.weights;
}

/** Runs the job in a process of its own, and ends that without warning once it has said what `when` waits for. */
function killed(cwd: string, when: (event: JobEvent) => boolean): Promise<void> {
  const request: JobRequest = { kind: 'train', config };
  const child = spawn(process.execPath, [join(DIST, 'job.mjs'), JSON.stringify(request)], { cwd });
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (when(JSON.parse(line) as JobEvent)) child.kill('SIGKILL');
  });
  return new Promise((resolve) => child.on('close', () => resolve()));
}

test.each([
  ['in float training', false, 8],
  ['in quantization-aware training', true, 9],
] as const)(
  'a run that is killed %s goes on to the same weights, bit for bit',
  async (name, quantized, step) => {
    const cwd = join(folder, name.replaceAll(' ', '-'));
    mkdirSync(cwd);
    let inPhase = false;
    await killed(cwd, (event) => {
      if (event.kind === 'phase') inPhase = event.phase === (quantized ? 'train' : 'float');
      return inPhase && event.kind === 'step' && event.step === step;
    });
    const [id] = readdirSync(join(cwd, '.quantlens', 'runs'));
    const left = join(cwd, '.quantlens', 'runs', id);
    expect(JSON.parse(readFileSync(join(left, 'run.json'), 'utf8'))).toMatchObject({ status: 'running' });
    const { state } = readCheckpoint(join(left, quantized ? 'checkpoint.npz' : 'float-checkpoint.npz'));
    expect(state.step).toBeGreaterThanOrEqual(step - 1);
    expect(state.step).toBeLessThan(12);
    const resumed = quantlens(cwd, 'train', '--resume', id, '--json');
    expect(resumed.code).toBe(0);
    const { imagesPerSecond: _, run: __, ...scores } = json(resumed) as Record<string, unknown>;
    expect(json(whole)).toMatchObject(scores);
    for (const file of ['float.tflite', 'ptq.tflite', 'qat.tflite']) {
      expect(readFileSync(join(left, file))).toEqual(readFileSync(join(run, file)));
    }
    const [ours, unbroken] = [left, run].map((path) => readCheckpoint(join(path, 'checkpoint.npz')));
    expect(ours).toEqual(unbroken);
    expect(quantlens(cwd, 'train', '--resume', id)).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/is done/),
    });
  },
  240_000,
);
