// `npm run bench:simulate [MODEL.tflite]`: images per second of the simulator on one thread and on all, by kernel set, and of
// LiteRT in the same run where QUANTLENS_PYTHON has it. Best of five, half a second each.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { readTflite } from '../engine/importers/tflite.ts';
import { createSimulator } from '../engine/simulator/simulator.ts';
import { openAccelerator } from '../host/simulation/accelerator.ts';
import { openSimulator } from '../host/simulation/open-simulator.ts';
import { simulateParallel } from '../host/simulation/simulate-parallel.ts';

const path = resolve(process.argv[2] ?? '../shared/data/mlperf_tiny/ic_resnet8_int8.tflite');
const { subgraphs } = readTflite(readFileSync(path));

function bestRate(run: () => void): number {
  let best = 0;
  for (let round = 0; round < 5; round++) {
    const started = performance.now();
    let count = 0;
    for (; performance.now() - started < 500; count++) run();
    best = Math.max(best, (1000 * count) / (performance.now() - started));
  }
  return best;
}

function rate(simulator: ReturnType<typeof openSimulator>): number {
  const inputs = simulator.inputs.map(({ data }) => {
    const codes = data.slice();
    for (let i = 0; i < codes.length; i++) codes[i] = ((i * 7919) % 251) - 125;
    return codes;
  });
  return bestRate(() => simulator.run(inputs));
}

/** The peer beside it: LiteRT's reference, built-in optimized and default kernels, one thread. */
const PEER = `
import sys, time, numpy as np
from ai_edge_litert.interpreter import Interpreter, OpResolverType as R
for name, kind in (("reference", R.BUILTIN_REF), ("built-in optimized", R.BUILTIN_WITHOUT_DEFAULT_DELEGATES), ("XNNPACK", R.AUTO)):
    run = Interpreter(sys.argv[1], experimental_op_resolver_type=kind, num_threads=1)
    run.allocate_tensors()
    for d in run.get_input_details():
        run.set_tensor(d["index"], np.zeros(d["shape"], d["dtype"]))
    best = 0
    for _ in range(5):
        start, count = time.time(), 0
        while time.time() - start < 0.5:
            run.invoke()
            count += 1
        best = max(best, count / (time.time() - start))
    print(f"LiteRT {name}: {best:.0f}")
`;

console.log(`${path}\nNode ${process.version}, tiles of ${openAccelerator()?.panel ?? 0} channels, inferences/s`);
const python = process.env.QUANTLENS_PYTHON;
if (python !== undefined && existsSync(python)) {
  process.stdout.write(execFileSync(python, ['-c', PEER, path], { stdio: ['ignore', 'pipe', 'ignore'] }));
}
for (const kernels of ['reference', 'xnnpack'] as const) {
  console.log(`QuantLens ${kernels}, WebAssembly, 1 thread: ${rate(openSimulator(subgraphs, kernels)).toFixed(0)}`);
}
console.log(`QuantLens reference, TypeScript, 1 thread: ${rate(createSimulator(subgraphs[0])).toFixed(0)}`);
const threads = availableParallelism();
const [input] = openSimulator(subgraphs, 'reference').inputs;
const count = 2000;
const array = { type: 'i1', shape: [count, ...input.shape.slice(1)], data: new Int8Array(count * input.size) } as const;
const result = await simulateParallel(
  subgraphs,
  'reference',
  [{ name: 'zeros', array }],
  { allTensors: false },
  threads,
);
console.log(`QuantLens reference, WebAssembly, ${threads} threads: ${result.perSecond.toFixed(0)}`);
