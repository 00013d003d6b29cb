// SVDF: a low-rank filter over a memory of time steps. Inputs [data, feature weights [filters, depth], time weights
// [filters, memory], bias?, state [batch, filters · memory]]. Source: svdf.cc and svdf.h of LiteRT.

import type { OpOf } from '../../graph/op.ts';
import { multiplyByQuantizedMultiplier, quantizeMultiplier } from '../../quantization/fixed-point.ts';
import { floatActivationRange } from '../activation-range.ts';
import { dynamicCodes, quantizeBatches } from '../dynamic-range.ts';
import { codeRange, type Kernel, type KernelContext, numbers, type Run, type Value } from '../kernel.ts';
import { asInt32 } from '../requantize.ts';
import { limit } from '../unary.ts';

const { fround } = Math;

interface Plan {
  readonly input: Value;
  readonly feature: Value;
  readonly time: Value;
  readonly bias: Value | null;
  readonly state: Value;
  readonly output: Value;
  readonly batches: number;
  readonly filters: number;
  readonly memory: number;
  readonly depth: number;
  readonly rank: number;
  readonly units: number;
}

/** `byteState`: the state and time weights may be int8 too, as TensorFlow Lite for Microcontrollers has it. */
export const svdf =
  (byteState: boolean): Kernel<'SVDF'> =>
  (op, context) => {
    const plan = planSvdf(op, context);
    const { input, feature } = plan;
    if (input.dtype === 'int8' && feature.dtype === 'int8') return integerSvdf(op, context, plan, byteState);
    if (input.dtype !== 'float32') return context.refuse(`there is no kernel for ${input.dtype}`);
    return realSvdf(op, context, plan);
  };

function planSvdf(op: OpOf<'SVDF'>, context: KernelContext): Plan {
  const input = context.input(0);
  const feature = context.input(1);
  const time = context.input(2);
  const state = context.input(4);
  const { rank } = op.options;
  const [batches, depth] = input.shape;
  const [filters] = feature.shape;
  const memory = time.shape[1];
  const fits = input.shape.length === 2 && feature.shape[1] === depth && time.shape[0] === filters && memory >= 1;
  if (!fits || rank < 1 || filters % rank !== 0 || state.size !== batches * filters * memory) {
    return context.refuse(
      `its data ${input.shape.join('×')}, weights ${feature.shape.join('×')} and ${time.shape.join('×')} and state ${state.shape.join('×')} do not fit`,
    );
  }
  const units = filters / rank;
  const bias = context.optional(3);
  const output = context.output(0, [batches, units]);
  return { input, feature, time, bias, state, output, batches, filters, memory, depth, rank, units };
}

function integerSvdf(op: OpOf<'SVDF'>, context: KernelContext, plan: Plan, byteState: boolean): Run {
  const { input, feature, time, state, output, batches, filters, memory, depth, rank, units } = plan;
  if (op.options.activation !== 'RELU')
    return context.refuse('LiteRT runs integer SVDF with the activation RELU alone');
  const isByte = byteState && time.dtype === 'int8' && state.dtype === 'int8';
  if (!isByte && (time.dtype !== 'int16' || state.dtype !== 'int16')) {
    return context.refuse('its time weights and state must be int16');
  }
  const [low, high] = codeRange(state.dtype);
  const rest = isByte ? state.zeroPoint : 0;
  const first = quantizeMultiplier(fround(fround(input.scale * feature.scale) / state.scale));
  const second = quantizeMultiplier(fround(fround(state.scale * time.scale) / output.scale));
  const [data, w, out] = [numbers(context, input), numbers(context, feature), numbers(context, output)];
  const [timeWeights, past] = [numbers(context, time), numbers(context, state)];
  const bias = plan.bias === null ? new Int32Array(units) : (plan.bias.data as Int32Array);
  return () => {
    past.copyWithin(0, 1);
    for (let batch = 0; batch < batches; batch++) {
      for (let filter = 0; filter < filters; filter++) {
        let sum = 0;
        for (let i = 0; i < depth; i++) sum += w[filter * depth + i] * (data[batch * depth + i] - input.zeroPoint);
        const scaled = multiplyByQuantizedMultiplier(asInt32(sum), first.multiplier, first.shift);
        past[(batch * filters + filter + 1) * memory - 1] = limit(scaled, low, high) + rest;
      }
      for (let unit = 0; unit < units; unit++) {
        let sum = bias[unit];
        for (let k = unit * rank * memory; k < (unit + 1) * rank * memory; k++) {
          sum += timeWeights[k] * (past[batch * filters * memory + k] - rest);
        }
        const scaled = multiplyByQuantizedMultiplier(asInt32(sum), second.multiplier, second.shift);
        out[batch * units + unit] = limit(scaled + output.zeroPoint, -128, 127);
      }
    }
  };
}

/** Float32 weights, or int8 ones with inputs quantized as they come. */
function realSvdf(op: OpOf<'SVDF'>, context: KernelContext, plan: Plan): Run {
  const { input, state, output, batches, filters, memory, rank, units } = plan;
  const { activation } = op.options;
  if (activation === 'TANH' || activation === 'SIGN_BIT') return context.refuse(`there is no kernel for ${activation}`);
  const [low, high] = floatActivationRange(activation);
  const time = Float32Array.from(numbers(context, plan.time), (w) => (plan.time.quantized ? w * plan.time.scale : w));
  const [past, out] = [state.data as Float32Array, output.data as Float32Array];
  const bias = plan.bias === null ? new Float32Array(units) : (plan.bias.data as Float32Array);
  const latest = new Float32Array(batches * filters);
  const feature =
    plan.feature.dtype === 'float32'
      ? floatFeatures(plan, latest)
      : dynamicFeatures(context, plan, latest, op.options.asymmetricQuantizeInputs);
  return () => {
    past.copyWithin(0, 1);
    feature(input.data as Float32Array);
    for (let i = 0; i < latest.length; i++) past[(i + 1) * memory - 1] = latest[i];
    for (let i = 0; i < batches * units; i++) {
      let total = 0;
      for (let r = 0; r < rank; r++) {
        const filter = (i % units) * rank + r;
        const at = (Math.floor(i / units) * filters + filter) * memory;
        let sum = 0;
        for (let k = 0; k < memory; k++) sum = fround(sum + fround(time[filter * memory + k] * past[at + k]));
        total = fround(total + sum);
      }
      out[i] = limit(plan.bias === null ? total : fround(total + bias[i % units]), low, high);
    }
  };
}

function floatFeatures({ feature, batches, filters, depth }: Plan, latest: Float32Array): (data: Float32Array) => void {
  const w = feature.data as Float32Array;
  return (data) => {
    for (let batch = 0; batch < batches; batch++) {
      for (let filter = 0; filter < filters; filter++) {
        let sum = 0;
        for (let i = 0; i < depth; i++) sum = fround(sum + fround(w[filter * depth + i] * data[batch * depth + i]));
        latest[batch * filters + filter] = sum;
      }
    }
  };
}

function dynamicFeatures(
  context: KernelContext,
  { feature, batches, filters, depth }: Plan,
  latest: Float32Array,
  asymmetric: boolean,
): (data: Float32Array) => void {
  const w = numbers(context, feature);
  const target = dynamicCodes(batches, depth);
  return (data) => {
    quantizeBatches(data, target, asymmetric);
    for (let batch = 0; batch < batches; batch++) {
      const scale = fround(target.scales[batch] * feature.scale);
      for (let filter = 0; filter < filters; filter++) {
        let sum = 0;
        for (let i = 0; i < depth; i++) {
          sum += w[filter * depth + i] * (target.codes[batch * depth + i] - target.zeroPoints[batch]);
        }
        latest[batch * filters + filter] = fround(sum * scale);
      }
    }
  };
}
