// `quantlens simulate MODEL.tflite`: what the model computes for arrays of inputs, to the bit of a named runtime, and where
// it parts from another model.

import { extname, resolve } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { InputError } from '../../engine/errors.ts';
import type { TfliteModel } from '../../engine/importers/tflite.ts';
import { KERNEL_SETS, type KernelSetName } from '../../engine/simulator/kernel-sets.ts';
import { displayPath, readBytes, writeWhole } from '../../host/files/files.ts';
import { loadModel } from '../../host/models/load-model.ts';
import { formatNpy, parseNpy } from '../../host/numpy/npy.ts';
import { formatNpz } from '../../host/numpy/npz.ts';
import { diffModels, type ModelDifference } from '../../host/simulation/diff-models.ts';
import { openSimulator } from '../../host/simulation/open-simulator.ts';
import type { NamedArray, SimulatedArrays } from '../../host/simulation/simulate-arrays.ts';
import { simulateParallel } from '../../host/simulation/simulate-parallel.ts';
import { measureLayers } from '../../host/simulation/statistics.ts';
import { createProgress } from '../progress.ts';
import { formatTable } from '../table.ts';
import { print, printJson, say, stderrColors } from '../terminal.ts';

interface Options {
  readonly input: readonly string[];
  readonly output?: string;
  readonly allTensors?: string;
  readonly kernels: KernelSetName;
  readonly signature?: string;
  readonly threads: number;
  readonly diff?: string;
  readonly from?: number;
  readonly statistics?: true;
  readonly stream?: true;
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
    .option('--signature <key>', 'run the subgraph of this signature; default: the first subgraph')
    .option('--threads <count>', 'threads over the samples', positive, 1)
    .option('--from <tensor>', 'give --input to this tensor, by index, and run what depends on it', tensorIndex)
    .option('--diff <model>', 'another .tflite: name the first tensor in which the two part')
    .option('--statistics', 'count saturated codes and the bits of accumulators, layer by layer')
    .option('--stream', 'keep variables from sample to sample; without it each starts fresh')
    .option('--json', 'print the result as one JSON object')
    .action(simulate);
}

function append(file: string, files: readonly string[] = []): readonly string[] {
  return [...files, file];
}

function positive(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 256)
    throw new InvalidArgumentError('a number from 1 to 256 was expected.');
  return value;
}

function tensorIndex(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new InvalidArgumentError('the index of a tensor was expected.');
  return value;
}

async function simulate(path: string, options: Options): Promise<void> {
  checkNames(options);
  const { kernels, json } = options;
  const model = await openTflite(path);
  const inputs = options.input.map((file) => ({ name: displayPath(file), array: parseNpy(readBytes(file), file) }));
  const main = subgraphOf(path, model, options);
  const simulator = openSimulator(model.subgraphs, kernels, { main });
  const { stops, warnings } = simulator;
  for (const warning of warnings) say(`${stderrColors.yellow('warning')}: ${warning}`);
  for (const { name, rule, mend } of model.problems) {
    say(`${stderrColors.yellow('problem')}: The tensor "${name}": ${rule}, which LiteRT refuses; ${mend}.`);
  }
  if (options.diff !== undefined) return report(await difference(path, model, options, inputs), options);
  const result = await run(model, main, inputs, options);
  writeResult(result, options);
  if (stops.length > 0 && options.from === undefined) {
    const more = stops.length === 1 ? '' : ` ${stops.length - 1} more cannot run either.`;
    throw new InputError(`${stops[0].message} What does not depend on it was run.${more}`, { file: path });
  }
  const layers = options.statistics === true ? measureLayers(simulator, inputs) : undefined;
  const summary = { kernels, inputs: result.count, threads: options.threads, inferencesPerSecond: result.perSecond };
  const problems = model.problems.map(({ tensor, name, rule, mend }) => ({ tensor, name, rule, mend }));
  if (json) return printJson({ ...summary, warnings, problems, ...(layers === undefined ? {} : { layers }) });
  print(`${result.count} inputs, ${kernels} kernels: ${result.perSecond.toFixed(1)} inferences/s`);
  if (layers !== undefined) {
    const rows = layers.map(({ name, op, saturated, accumulatorBits }) => [
      name,
      op,
      saturated === null ? '' : `${(100 * saturated).toFixed(2)} %`,
      accumulatorBits === null ? '' : String(accumulatorBits),
    ]);
    print(formatTable(['tensor', 'op', 'saturated', 'accumulator bits'], rows, ['left', 'left', 'right', 'right']));
  }
}

async function run(
  model: TfliteModel,
  main: number,
  inputs: readonly NamedArray[],
  options: Options,
): Promise<SimulatedArrays> {
  const progress = createProgress();
  const { kernels, threads, from, stream } = options;
  try {
    return await simulateParallel(
      model.subgraphs,
      kernels,
      inputs,
      {
        main,
        allTensors: options.allTensors !== undefined,
        ...(from === undefined ? {} : { from }),
        ...(stream === undefined ? {} : { stream }),
        onProgress: (done, total) => progress.event({ kind: 'progress', phase: 'simulate', done, total }),
      },
      threads,
    );
  } finally {
    progress.end();
  }
}

function checkNames(options: Options): void {
  for (const [key, file, endings] of [
    ['--output', options.output, ['.npy', '.npz']],
    ['--all-tensors', options.allTensors, ['.npz']],
  ] as const) {
    if (file !== undefined && !endings.some((ending) => ending === extname(file))) {
      throw new InputError(`${key} is ${file}; expected a name that ends in ${endings.join(' or ')}.`);
    }
  }
}

async function openTflite(path: string): Promise<TfliteModel> {
  const opened = await loadModel(resolve(path));
  if (opened.kind === 'tflite') return opened.model;
  throw new InputError(
    `${displayPath(path)} is a Keras model; simulate runs a .tflite (quantlens quantize makes one).`,
    { file: path },
  );
}

/** Index of the subgraph that is run. */
function subgraphOf(path: string, { signatures, subgraphs }: TfliteModel, { signature }: Options): number {
  if (signature === undefined) return 0;
  const found = signatures.find(({ key }) => key === signature);
  if (found && found.subgraph < subgraphs.length) return found.subgraph;
  if (found) {
    const message = `The signature "${signature}" names subgraph ${found.subgraph}, but ${displayPath(path)} has ${subgraphs.length}.`;
    throw new InputError(message, { file: path });
  }
  const keys = signatures.map(({ key }) => `"${key}"`).join(', ');
  throw new InputError(
    `${displayPath(path)} has no signature "${signature}"; ${keys ? `it has ${keys}` : 'it has none: leave --signature out'}.`,
    { file: path },
  );
}

async function difference(
  path: string,
  model: TfliteModel,
  options: Options,
  inputs: readonly NamedArray[],
): Promise<ModelDifference> {
  const diff = options.diff!;
  const [left, right] = [
    { path, model },
    { path: diff, model: await openTflite(diff) },
  ].map((side) => ({
    name: displayPath(side.path),
    simulator: openSimulator(side.model.subgraphs, options.kernels, {
      main: subgraphOf(side.path, side.model, options),
    }),
  }));
  return diffModels(left, right, inputs);
}

function report(found: ModelDifference, options: Options): void {
  if (found.first !== null) process.exitCode = 1;
  if (options.json) {
    printJson({ kernels: options.kernels, ...found });
    return;
  }
  if (found.first === null) {
    print(`${found.compared} tensors in ${found.samples} inputs: no difference.`);
    return;
  }
  const { sample, left, right, differing, size, largest } = found.first;
  print(
    `They part at tensor ${left.tensor} "${left.name}" (${left.op}), ${right.tensor} "${right.name}" in the other: ${differing} of ${size} values differ in sample ${sample}, by up to ${largest}.`,
  );
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
