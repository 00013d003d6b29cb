// A batch of float samples through a simulated model of one input, sample by sample; the workers' and the main thread's code.

import type { Simulator } from '../../engine/simulator/simulator.ts';
import { fromPort, toPort } from './values.ts';

/** Real values of the first output, sample after sample. */
export function runBatch(simulator: Simulator, inputs: Float32Array, count: number): Float32Array {
  const [input] = simulator.inputs;
  let outputs = new Float32Array(0);
  for (let n = 0; n < count; n++) {
    simulator.run([toPort(inputs, n * input.size, input, 'a sample')]);
    const [output] = simulator.outputs();
    if (n === 0) outputs = new Float32Array(count * output.size);
    fromPort(output, outputs, n * output.size);
  }
  return outputs;
}
