// A training program whose forward and backward passes TensorFlow computes, op by op. Weights, moments, ranges and the update
// stay the program's own, so that checkpoints, phases and evaluation are the same whoever computes a step.

import { InputError } from '../../errors.ts';
import type { Op } from '../../graph/op.ts';
import type { TensorId } from '../../graph/tensor.ts';
import { logitsOf } from '../plan/list.ts';
import { MODES, type ModeName } from '../plan/mode.ts';
import { type Program, resetObserved } from '../program.ts';
import { sampleLosses } from './loss.ts';
import { TENSORFLOW_OPS } from './ops.ts';
import { createStep, type Step } from './step.ts';
import type { TensorFlow, Variable } from './tensorflow.ts';

/** Throws an InputError that names what TensorFlow does not train here. */
export function onTensorFlow(program: Program, tf: TensorFlow): Program {
  checkProgram(program);
  return {
    ...program,
    run(mode, count) {
      if (MODES[mode].training) tf.tidy(() => runStep(program, tf, mode, count));
      else program.run(mode, count);
    },
  };
}

const remove = 'remove `backend: tensorflow`';

function checkProgram({ graph, options, store }: Program): void {
  const key = { key: 'training.backend' };
  for (const op of graph.ops) {
    if (TENSORFLOW_OPS[op.kind]) continue;
    const layer = op.layers[0] ?? op.name;
    throw new InputError(`The layer ${layer} becomes ${op.kind}, which TensorFlow does not train here: ${remove}.`, {
      ...key,
      layer,
    });
  }
  const { damping = 0, distillation } = options.training;
  if (damping > 0 || distillation || store.learned > store.trained) {
    const what = distillation ? 'Distillation is' : damping > 0 ? 'Damping is' : 'Learned scales and ranges are';
    throw new InputError(`${what} not trained by TensorFlow here: ${remove}.`, key);
  }
}

/** Forward and backward: leaves losses, hits, gradients, running statistics and what was observed in the program's memory. */
function runStep(program: Program, tf: TensorFlow, mode: ModeName, count: number): void {
  const { store } = program;
  if (MODES[mode].observing) resetObserved(program.view(store.observed));
  const variables = variablesOf(program, tf);
  const step = createStep(tf, program, MODES[mode], count, variables);
  const { grads } = tf.variableGrads(() => {
    const losses = forward(step);
    program.losses.set(losses.dataSync());
    return tf.mean(losses);
  }, [...variables.values()]);
  const gradients = program.view(store.gradients);
  for (const [id, variable] of variables) {
    const gradient = grads[variable.name];
    const { offset } = store.weights.get(id)!;
    if (gradient) gradients.set(gradient.dataSync(), offset);
    variable.dispose();
  }
}

function variablesOf({ store, view }: Program, tf: TensorFlow): ReadonlyMap<TensorId, Variable> {
  const values = view(store.values);
  const variables = new Map<TensorId, Variable>();
  for (const { tensor, offset, count } of store.weights.values()) {
    variables.set(tensor, tf.variable(tf.tensor(values.slice(offset, offset + count), [count])));
  }
  return variables;
}

function forward(s: Step) {
  const { graph, options, input } = s.program;
  const [id] = graph.inputs;
  const [, ...shape] = graph.tensors[id].shape as readonly number[];
  const floats = shape.reduce((a, b) => a * b, s.count);
  s.setValue(id, s.quantize(id, s.tf.tensor(input.slice(0, floats), [s.count, ...shape])));
  const logits = logitsOf(graph, options.training.loss);
  const skipped = logits !== graph.outputs[0] ? graph.ops.at(-1) : undefined;
  for (const op of graph.ops) if (op !== skipped) forwardOp(s, op);
  return sampleLosses(s, s.value(logits));
}

function forwardOp(s: Step, op: Op): void {
  // The entry is that of the op's own kind; the union of both cannot say so.
  (TENSORFLOW_OPS[op.kind] as (step: Step, op: Op) => void)(s, op);
}
