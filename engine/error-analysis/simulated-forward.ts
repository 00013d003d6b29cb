// Float forward passes by the simulator's float kernels, for graphs with ops that the training kernels do not have.

import { InputError } from '../errors.ts';
import type { Graph } from '../graph/graph.ts';
import { elementCount, type TensorData, type TensorId } from '../graph/tensor.ts';
import { fakeQuantize } from '../quantization/fake-quantize.ts';
import { createSimulator, type Simulator } from '../simulator/simulator.ts';
import type { FloatForward, IsolatedForward } from '../training/float-forward.ts';
import type { Feed } from '../training/plan/planner.ts';
import { isolateOps } from './isolate.ts';

/** As `programForward`, image by image. Throws an InputError for an op that the simulator does not have in float. */
export function simulatedForward(graph: Graph, batch: number): FloatForward {
  const simulator = floatSimulator(graph);
  const input = new Float32Array(batch * simulator.inputs[0].size);
  const kept = new Map<TensorId, Float32Array>();
  let samples = 0;
  return {
    batch,
    input,
    run(count) {
      samples = count;
      const [port] = simulator.inputs;
      for (let n = 0; n < count; n++) {
        simulator.run([asData(port.data, sample(input, n, port.size))]);
        for (const id of realTensors(graph)) keep(kept, id, simulator, n, batch);
      }
    },
    tensor: (id) => valuesOf(kept, graph, id, samples),
    close: () => kept.clear(),
  };
}

/** As `programIsolatedForward`. */
export function simulatedIsolatedForward(graph: Graph, feeds: readonly Feed[], batch: number): IsolatedForward {
  const forward = simulatedForward(graph, batch);
  const { graph: cutGraph, cuts } = isolateOps(graph, graph);
  const alone = floatSimulator(cutGraph);
  const kept = new Map<TensorId, Float32Array>();
  // Each op reads its own rounding of a tensor: those that read one tensor on several grids are run for each of them.
  const gridOf = new Map(feeds.map((feed) => [`${feed.op}:${feed.input}`, feed.grid]));
  const fed = new Map<string, Float32Array>();
  let samples = 0;
  const operand = (op: string, input: number, source: TensorId): Float32Array => {
    const values = forward.tensor(source);
    const grid = gridOf.get(`${op}:${input}`);
    if (grid === undefined) return values;
    const rounded = new Float32Array(values.length);
    fakeQuantize(values, grid, rounded);
    return rounded;
  };
  return {
    ...forward,
    run(count) {
      forward.run(count);
      samples = count;
      for (const { op, input, grid: _ } of feeds) {
        const id = graph.ops.find(({ name }) => name === op)?.inputs[input] ?? null;
        if (id !== null) fed.set(`${op}:${input}`, operand(op, input, id));
      }
      const inputs = cuts.map(({ op, input, source }) => fed.get(`${op}:${input}`) ?? forward.tensor(source));
      for (let n = 0; n < count; n++) {
        alone.run(
          alone.inputs.map((port, index) => asData(port.data, sample(inputs[index] ?? forward.input, n, port.size))),
        );
        for (const id of realTensors(graph)) keep(kept, id, alone, n, batch);
      }
    },
    isolated: (id) => valuesOf(kept, graph, id, samples),
    fed(op, input) {
      const values = fed.get(`${op}:${input}`);
      if (values === undefined) throw new RangeError(`Operand ${input} of ${op} is not fed.`);
      return values;
    },
  };
}

function floatSimulator(graph: Graph): Simulator {
  const simulator = createSimulator(graph);
  const [stop] = simulator.stops;
  if (stop) throw new InputError(stop.message, { layer: stop.op.layers[0] ?? stop.op.name });
  return simulator;
}

/** Numbers as a tensor of the type of `like`: the indices of an embedding are integers. */
function asData(like: TensorData, values: Float32Array): TensorData {
  if (like instanceof Float32Array) return values;
  const data = like.slice();
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) {
    values.forEach((value, i) => {
      data[i] = BigInt(Math.trunc(value));
    });
  } else data.set(values);
  return data;
}

const sample = (values: Float32Array, n: number, size: number): Float32Array => values.slice(n * size, (n + 1) * size);

/** Outputs of ops that are real numbers, and the graph's inputs. */
function realTensors(graph: Graph): TensorId[] {
  const made = graph.ops.flatMap((op) => op.outputs);
  return [...graph.inputs, ...made].filter((id) => graph.tensors[id].dtype === 'float32');
}

function keep(kept: Map<TensorId, Float32Array>, id: TensorId, simulator: Simulator, n: number, batch: number): void {
  if (!simulator.isComputed(id)) return;
  const { data, size } = simulator.tensor(id);
  if (!(data instanceof Float32Array)) return;
  const all = kept.get(id) ?? new Float32Array(batch * size);
  all.set(data, n * size);
  kept.set(id, all);
}

function valuesOf(
  kept: ReadonlyMap<TensorId, Float32Array>,
  graph: Graph,
  id: TensorId,
  samples: number,
): Float32Array {
  const values = kept.get(id);
  if (values === undefined) throw new RangeError(`${graph.tensors[id].name} was not computed.`);
  return values.subarray(0, samples * elementCount(graph.tensors[id].shape.slice(1)));
}
