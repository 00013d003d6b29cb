// `npm run bench:simulate [MODEL.tflite]`: inferences per second of the simulator and of LiteRT where QUANTLENS_PYTHON has it, on one
// thread and on two. They take turns of a third of a second, seven times, and medians are shown, so that what else the machine
// does falls on all alike.
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { readTflite } from '../engine/importers/tflite.ts';
import { openAccelerator } from '../host/simulation/accelerator.ts';
import { openSimulator } from '../host/simulation/open-simulator.ts';
import type { NamedArray } from '../host/simulation/simulate-arrays.ts';
import { simulateParallel } from '../host/simulation/simulate-parallel.ts';

const TURNS = 7;
const TURN_MS = 330;
const path = resolve(process.argv[2] ?? '../shared/data/mlperf_tiny/ic_resnet8_int8.tflite');
const { subgraphs } = readTflite(readFileSync(path));

/** Answers a line `resolver threads` with inferences per second. */
const PEER = `
import sys, time, numpy as np
from ai_edge_litert.interpreter import Interpreter, OpResolverType as R
kinds = {"reference": R.BUILTIN_REF, "optimized": R.BUILTIN_WITHOUT_DEFAULT_DELEGATES, "xnnpack": R.AUTO}
models = {}
for line in sys.stdin:
    kind, threads = line.split()
    if line not in models:
        run = models[line] = Interpreter(sys.argv[1], experimental_op_resolver_type=kinds[kind], num_threads=int(threads))
        run.allocate_tensors()
        for d in run.get_input_details():
            run.set_tensor(d["index"], (np.arange(np.prod(d["shape"])) * 7919 % 251 - 125).reshape(d["shape"]).astype(d["dtype"]))
    run, start, count = models[line], time.perf_counter(), 0
    while time.perf_counter() - start < ${TURN_MS / 1000}:
        run.invoke()
        count += 1
    print(count / (time.perf_counter() - start), flush=True)
`;

interface Contender {
  readonly name: string;
  readonly turn: () => Promise<number> | number;
}

function codes(data: ArrayLike<number | bigint>): Int8Array {
  return Int8Array.from({ length: data.length }, (_, i) => ((i * 7919) % 251) - 125);
}

function oneThread(kernels: 'reference' | 'xnnpack'): Contender {
  const simulator = openSimulator(subgraphs, kernels);
  const inputs = simulator.inputs.map(({ data }) => (data.constructor as Int8ArrayConstructor).from(codes(data)));
  const turn = (): number => {
    const started = performance.now();
    let count = 0;
    for (; performance.now() - started < TURN_MS; count++) simulator.run(inputs);
    return (1000 * count) / (performance.now() - started);
  };
  return { name: `QuantLens ${kernels}, 1 thread`, turn };
}

function twoThreads(kernels: 'reference' | 'xnnpack', rate: number): Contender {
  const count = Math.max(8, Math.ceil(rate));
  const inputs = openSimulator(subgraphs, kernels).inputs.map(({ name, shape, size }): NamedArray => {
    const data = new Int8Array(count * size).map((_, i) => ((i * 7919) % 251) - 125);
    return { name, array: { type: 'i1', shape: [count, ...shape.slice(1)], data } };
  });
  const turn = async (): Promise<number> =>
    (await simulateParallel(subgraphs, kernels, inputs, { allTensors: false }, 2)).perSecond;
  return { name: `QuantLens ${kernels}, 2 threads`, turn };
}

function peers(python: ChildProcessWithoutNullStreams): Contender[] {
  const lines = createInterface(python.stdout)[Symbol.asyncIterator]();
  const names = { reference: 'LiteRT reference', optimized: 'LiteRT built-in optimized', xnnpack: 'LiteRT XNNPACK' };
  return [1, 2].flatMap((threads) =>
    Object.entries(names).map(([kind, name]) => ({
      name: `${name}, ${threads} thread${threads === 1 ? '' : 's'}`,
      turn: async () => {
        python.stdin.write(`${kind} ${threads}\n`);
        return Number((await lines.next()).value);
      },
    })),
  );
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1];

async function main(): Promise<void> {
  const python = process.env.QUANTLENS_PYTHON;
  const peer =
    python !== undefined && existsSync(python) ? spawn(python, ['-c', PEER, path], { stdio: 'pipe' }) : undefined;
  peer?.once('exit', (code) => {
    if (code === 0) return;
    console.error(`LiteRT ended on ${path} (its reference kernels abort on some models). Leave QUANTLENS_PYTHON out.`);
    process.exit(1);
  });
  peer?.stdin.on('error', () => {});
  const own = [oneThread('reference'), oneThread('xnnpack')];
  const rate = await own[0].turn();
  const contenders = [...(peer ? peers(peer) : []), ...own, twoThreads('reference', rate), twoThreads('xnnpack', rate)];
  const rates = contenders.map((): number[] => []);
  for (let turn = 0; turn < TURNS; turn++) {
    for (const [i, contender] of contenders.entries()) rates[i].push(await contender.turn());
  }
  peer?.stdin.end();
  console.log(`${path}\nNode ${process.version}, tiles of ${openAccelerator()?.panel ?? 0} channels, inferences/s`);
  // Ratios turn by turn to LiteRT's reference and optimized kernels on one thread.
  for (const [i, { name }] of contenders.entries()) {
    const beside = peer
      ? [0, 1].map((base) => `${median(rates[i].map((value, turn) => value / rates[base][turn])).toFixed(2)}×`)
      : [];
    console.log(`${name.padEnd(36)} ${median(rates[i]).toFixed(0).padStart(7)}  ${beside.join('  ')}`);
  }
}

await main();
