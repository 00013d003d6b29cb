// The end of every op that computes new values: fused activation, observation and fake-quantization.

import type { Op } from '../../graph/op.ts';
import { ACTIVATION } from '../../kernels/reference/activation.ts';
import { activationCode } from '../plan/ops/finish.ts';
import type { Step } from './step.ts';
import type { Tensor, TensorFlow } from './tensorflow.ts';

const ACTIVATIONS: { readonly [code: number]: (tf: TensorFlow, x: Tensor) => Tensor } = {
  [ACTIVATION.NONE]: (_, x) => x,
  [ACTIVATION.RELU]: (tf, x) => tf.relu(x),
  [ACTIVATION.RELU6]: (tf, x) => tf.relu6(x),
  [ACTIVATION.RELU_N1_TO_1]: (tf, x) => tf.clipByValue(x, -1, 1),
};

export function finish(s: Step, op: Op, raw: Tensor): void {
  const [out] = op.outputs;
  s.setValue(out, s.quantize(out, ACTIVATIONS[activationCode(op)](s.tf, raw)));
}
