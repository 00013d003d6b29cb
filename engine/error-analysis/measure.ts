// Local and accumulated error of each tensor of an integer model, over a number of images.

import { InputError } from '../errors.ts';
import { type Graph, isActivation } from '../graph/graph.ts';
import type { Op } from '../graph/op.ts';
import type { TensorData, TensorId } from '../graph/tensor.ts';
import type { KernelBackend } from '../kernels/backend.ts';
import { accumulatorBits } from '../quantization/accumulator-bits.ts';
import { fixedGrid } from '../quantization/activation-quantization.ts';
import { tensorCodes } from '../quantization/codes.ts';
import type { Accelerator } from '../simulator/accelerator.ts';
import type { Value } from '../simulator/kernel.ts';
import type { KernelSetName } from '../simulator/kernel-sets.ts';
import { createSimulator, type Simulator } from '../simulator/simulator.ts';
import type { Dataset } from '../training/dataset.ts';
import type { IsolatedForward } from '../training/float-forward.ts';
import type { Feed } from '../training/plan/planner.ts';
import { anyIsolatedForward } from './any-forward.ts';
import type { DetailsCollector } from './details.ts';
import { type Cut, isolateOps, sourcesOf } from './isolate.ts';
import {
  addCodes,
  addErrors,
  type CodeCounts,
  type ErrorSums,
  metricsOf,
  newCodeCounts,
  newSums,
  rangeUsed,
  saturation,
} from './metrics.ts';
import type { ErrorReport, LayerError } from './report.ts';
import { toCodes } from './to-codes.ts';

/** A float graph, fused and folded, and the integer graph that `quantize` made of it. */
export interface ModelPair {
  readonly float: Graph;
  readonly integer: Graph;
}

export interface MeasureOptions {
  /** Whose arithmetic computes the integer tensors. */
  readonly kernels: KernelSetName;
  /** Images from the start of the data; all if left out. */
  readonly images?: number;
  /** What computes the float tensors; plain kernels if it is left out. */
  readonly backend?: KernelBackend;
  /** Runs the integer model's inner loops in WebAssembly; the results are the same. */
  readonly accelerator?: Accelerator;
  /** Gets what the layer view shows, sample by sample. */
  readonly details?: DetailsCollector;
}

export interface MeasureProgress {
  readonly done: number;
  readonly total: number;
}

/** Images that the float model runs at once. */
const BATCH = 16;

/** A tensor that is measured: an op's output that is codes. */
interface Watched {
  readonly op: Op;
  readonly id: TensorId;
  /** The float graph's tensor. */
  readonly source: TensorId;
  readonly value: Value;
  readonly local: ErrorSums;
  readonly accumulated: ErrorSums;
  readonly codes: CodeCounts;
}

/**
 * Measures after each batch how far it is, and returns the report in the end; it can be left at any pause. Throws an
 * InputError where an op does not run in the simulator or in float.
 */
export function* measureErrors(
  models: ModelPair,
  dataset: Dataset,
  options: MeasureOptions,
): Generator<MeasureProgress, ErrorReport, void> {
  const { float, integer } = models;
  const total = Math.min(options.images ?? dataset.size, dataset.size);
  if (total === 0) throw new InputError(`"${dataset.name}" has no samples to measure errors on.`);
  const isolated = isolateOps(integer, float);
  const whole = running(integer, options);
  const alone = running(isolated.graph, options);
  const watched = watchedTensors(models, whole.simulator);
  const forward = anyIsolatedForward(float, feedsOf(integer, float), BATCH, options.backend);
  try {
    const targets = new Float32Array(forward.batch * targetSize(dataset));
    for (let first = 0; first < total; first += forward.batch) {
      const count = Math.min(forward.batch, total - first);
      const indices = Uint32Array.from({ length: count }, (_, index) => first + index);
      dataset.read(indices, forward.input, targets);
      forward.run(count);
      const inputs = integer.inputs.map((id) => forward.tensor(id));
      const operands = isolated.cuts.map((cut) => operandOf(cut, models, forward));
      for (let image = 0; image < count; image++) {
        run(whole, inputs, image);
        run(alone, operands, image);
        for (const each of watched) {
          const before = { ...each.accumulated };
          add(each, whole.simulator, alone.simulator, forward, image);
          if (options.details) tell(options.details, each, before, whole.simulator, forward, { first, image });
        }
      }
      yield { done: first + count, total };
    }
  } finally {
    forward.close();
  }
  const layers = watched.map((each) => layerError(integer, each));
  return { version: 1, model: float.name, kernels: options.kernels, images: total, layers };
}

interface Running {
  readonly simulator: Simulator;
  readonly inputs: readonly TensorData[];
}

function running(graph: Graph, { kernels, accelerator }: MeasureOptions): Running {
  const simulator = createSimulator(graph, { kernels, ...(accelerator && { accelerator }) });
  const [stop] = simulator.stops;
  if (stop) throw new InputError(stop.message, { layer: stop.op.layers[0] ?? stop.op.name });
  return { simulator, inputs: simulator.inputs.map(({ data }) => data.slice()) };
}

/** Runs one image of `values`, a batch of each input. */
function run({ simulator, inputs }: Running, values: readonly Float32Array[], image: number): void {
  for (const [index, batch] of values.entries()) {
    const codes = inputs[index];
    toCodes(batch, image * codes.length, simulator.graph.tensors[simulator.inputs[index].id], codes);
  }
  simulator.run(inputs);
}

/** The operands that ops of the float graph read as codes in the integer one. */
function feedsOf(integer: Graph, float: Graph): Feed[] {
  const known = new Set(float.ops.map(({ name }) => name));
  return integer.ops
    .filter(({ name }) => known.has(name))
    .flatMap((op) =>
      op.inputs.flatMap((id, input): Feed[] => {
        const tensor = id === null ? undefined : integer.tensors[id];
        if (!tensor?.quantization || !isActivation(tensor)) return [];
        const { scales, zeroPoints } = tensor.quantization;
        return [{ op: op.name, input, grid: fixedGrid(scales[0], zeroPoints[0], tensorCodes(tensor)) }];
      }),
    );
}

/** QUANTIZE and DEQUANTIZE are no ops of the float graph: what they read is not rounded. An op that stays float is fed no codes. */
function operandOf(
  { op, input, source, tensor }: Cut,
  { float, integer }: ModelPair,
  forward: IsolatedForward,
): Float32Array {
  if (!integer.tensors[tensor].quantization) return forward.tensor(source);
  const known = float.ops.find(({ name }) => name === op);
  const isFed = known !== undefined && known.inputs[input] === source;
  return isFed ? forward.fed(op, input) : forward.tensor(source);
}

function watchedTensors({ float, integer }: ModelPair, simulator: Simulator): Watched[] {
  const sources = sourcesOf(integer, float);
  const known = new Set(float.ops.map(({ name }) => name));
  return integer.ops.flatMap((op) => {
    const [id] = op.outputs;
    const source = sources.get(id);
    if (source === undefined || !known.has(op.name) || !simulator.isComputed(id)) return [];
    const value = simulator.tensor(id);
    if (!isCodes(value.data) || value.known) return [];
    const { min, max } = tensorCodes(integer.tensors[id]);
    const codes = newCodeCounts(min, max);
    return [{ op, id, source, value, local: newSums(), accumulated: newSums(), codes }];
  });
}

function isCodes(data: TensorData): data is Int8Array | Uint8Array | Int16Array {
  return data instanceof Int8Array || data instanceof Uint8Array || data instanceof Int16Array;
}

function add(each: Watched, whole: Simulator, alone: Simulator, forward: IsolatedForward, image: number): void {
  const { id, source, value, codes } = each;
  const { scale, zeroPoint, size } = value;
  const float = forward.tensor(source);
  const accumulated = whole.tensor(id).data;
  const local = alone.tensor(id).data;
  if (!isCodes(accumulated) || !isCodes(local)) return;
  addErrors(each.accumulated, float, image * size, accumulated, scale, zeroPoint);
  addErrors(each.local, forward.isolated(source), image * size, local, scale, zeroPoint);
  addCodes(codes, accumulated);
}

/** One sample at a layer's output, for the layer view. */
function tell(
  details: DetailsCollector,
  { op, id, source, value, accumulated }: Watched,
  before: ErrorSums,
  whole: Simulator,
  forward: IsolatedForward,
  { first, image }: { readonly first: number; readonly image: number },
): void {
  const codes = whole.tensor(id).data;
  if (!isCodes(codes)) return;
  const { scale, zeroPoint } = value;
  const { min, max } = tensorCodes(whole.graph.tensors[id]);
  details.add({
    name: op.name,
    shape: value.shape,
    grid: { min: (min - zeroPoint) * scale, max: (max - zeroPoint) * scale, scale },
    sample: first + image,
    float: forward.tensor(source),
    offset: image * value.size,
    codes,
    zeroPoint,
    sqnr: 10 * Math.log10((accumulated.signal - before.signal) / (accumulated.noise - before.noise)),
  });
}

function layerError(integer: Graph, { op, value, local, accumulated, codes }: Watched): LayerError {
  const bits = accumulatorBits(integer, op);
  const notFinite = accumulated.notFinite / Math.max(accumulated.count, 1);
  return {
    name: op.name,
    op: op.kind,
    output: integer.tensors[op.outputs[0]].name,
    layers: op.layers,
    local: metricsOf(local, value.scale),
    accumulated: metricsOf(accumulated, value.scale),
    saturated: saturation(codes, value.zeroPoint),
    rangeUsed: rangeUsed(codes),
    scale: value.scale,
    zeroPoint: value.zeroPoint,
    ...(bits === null ? {} : { accumulatorBits: bits }),
    ...(notFinite > 0 ? { notFinite } : {}),
  };
}

const targetSize = ({ target }: Dataset): number =>
  target.kind === 'class' ? 1 : target.shape.reduce((product, size) => product * size, 1);
