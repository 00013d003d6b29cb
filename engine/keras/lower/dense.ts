// Dense as FULLY_CONNECTED. Inputs of more than two dimensions keep them.

import type { TensorId } from '../../graph/tensor.ts';
import { lowerActivation } from './activation.ts';
import { biasOf } from './conv.ts';
import type { LowerContext } from './lower-context.ts';
import { IO_TO_OI } from './weight-layouts.ts';

export function lowerDense(context: LowerContext): readonly TensorId[] {
  const { graph, path } = context;
  const [input] = context.inputs;
  const keepNumDims = graph.shape(input).length > 2;
  const options = { activation: 'NONE', keepNumDims } as const;
  const inputs = [input, context.weight('kernel', IO_TO_OI), biasOf(context)];
  const output = graph.op('FULLY_CONNECTED', inputs, options, { name: path, layers: [path] });
  return [lowerActivation(context, output)];
}
