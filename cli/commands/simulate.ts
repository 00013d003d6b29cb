// `quantlens simulate MODEL.tflite`: what the model computes for arrays of inputs, to the bit of a named runtime.

import { extname, resolve } from 'node:path';
import { Command, Option } from 'commander';
import { InputError } from '../../engine/errors.ts';
import { KERNEL_SETS, type KernelSetName } from '../../engine/simulator/kernel-sets.ts';
import { createSimulator, type Simulator } from '../../engine/simulator/simulator.ts';
import { displayPath, readBytes, writeWhole } from '../../host/files/files.ts';
import { loadModel } from '../../host/models/load-model.ts';
import { formatNpy, type NumpyArray, parseNpy } from '../../host/numpy/npy.ts';
import { formatNpz } from '../../host/numpy/npz.ts';
import { type SimulatedArrays, simulateArrays } from '../../host/simulation/simulate-arrays.ts';
import { toPort } from '../../host/simulation/values.ts';
import { createProgress } from '../progress.ts';
import { print, printJson, say, stderrColors } from '../terminal.ts';

interface Options {
  readonly input: readonly string[];
  readonly output?: string;
  readonly allTensors?: string;
  readonly kernels: KernelSetName;
  readonly json?: true;
}

export function simulateCommand(): Command {
  return new Command('simulate')
    .description('run a .tflite over arrays of inputs with the arithmetic of a named runtime')
    .argument('<model>', 'a .tflite')
    .requiredOption('--input <file>', '.npy of inputs [N, …]; repeat it for each input of the model', append)
    .option('--output <file>', '.npy of the first output, or .npz of all (output_0, output_1, …)')
    .option('--all-tensors <file>', '.npz of every tensor (tensor_<index>)')
    .addOption(new Option('--kernels <set>', 'whose arithmetic').choices(Object.keys(KERNEL_SETS)).default('reference'))
    .option('--json', 'print the result as one JSON object')
    .action(simulate);
}

function append(file: string, files: readonly string[] = []): readonly string[] {
  return [...files, file];
}

async function simulate(path: string, options: Options): Promise<void> {
  for (const [key, file, endings] of [
    ['--output', options.output, ['.npy', '.npz']],
    ['--all-tensors', options.allTensors, ['.npz']],
  ] as const) {
    if (file !== undefined && !endings.some((ending) => ending === extname(file))) {
      throw new InputError(`${key} is ${file}; expected a name that ends in ${endings.join(' or ')}.`);
    }
  }
  const simulator = await openSimulator(resolve(path), options.kernels);
  for (const warning of simulator.warnings) say(`${stderrColors.yellow('warning')}: ${warning}`);
  const inputs = options.input.map((file) => ({ name: displayPath(file), array: parseNpy(readBytes(file), file) }));
  const progress = createProgress();
  const result = simulateArrays(simulator, inputs, toInput, {
    allTensors: options.allTensors !== undefined,
    onProgress: (done, total) => progress.event({ kind: 'progress', phase: 'simulate', done, total }),
  });
  progress.end();
  writeResult(result, options);
  if (simulator.stops.length > 0) {
    throw new InputError(`${simulator.stops[0].message} What comes before it was run.`, { file: path });
  }
  const summary = { kernels: options.kernels, inputs: result.count, inferencesPerSecond: result.perSecond };
  if (options.json) return printJson({ ...summary, warnings: simulator.warnings });
  print(`${result.count} inputs, ${options.kernels} kernels: ${result.perSecond.toFixed(1)} inferences/s`);
}

async function openSimulator(path: string, kernels: KernelSetName): Promise<Simulator> {
  const opened = await loadModel(path);
  if (opened.kind === 'tflite') {
    const { subgraphs } = opened.model;
    return createSimulator(subgraphs[0], { kernels, subgraphs });
  }
  throw new InputError(
    `${displayPath(path)} is a Keras model; simulate runs a .tflite (quantlens quantize makes one).`,
    {
      file: path,
    },
  );
}

function toInput({ data }: NumpyArray, sample: number, input: Simulator['inputs'][number], name: string) {
  return toPort(data, sample * input.size, input, `Sample ${sample} of ${name}`);
}

function writeResult({ outputs, tensors }: SimulatedArrays, { output, allTensors }: Options): void {
  if (output !== undefined && outputs.length > 0) {
    const file = resolve(output);
    if (extname(output) === '.npy') writeWhole(file, formatNpy(outputs[0]));
    else writeWhole(file, formatNpz(new Map(outputs.map((array, at) => [`output_${at}`, array]))));
  }
  if (allTensors !== undefined) {
    writeWhole(resolve(allTensors), formatNpz(new Map([...tensors].map(([id, array]) => [`tensor_${id}`, array]))));
  }
}
