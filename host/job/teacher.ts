// The float model as the teacher of quantization-aware training: its answers to each batch as it is trained on.

import type { QatSettings } from '../../engine/config/schema.ts';
import { InputError } from '../../engine/errors.ts';
import type { Graph } from '../../engine/graph/graph.ts';
import type { Program } from '../../engine/training/program.ts';

export interface Teacher {
  readonly distillation: NonNullable<QatSettings['distillation']>;
  /** The float model, folded. */
  readonly graph: Graph;
}

/** Throws an InputError where the model's answers are no probabilities of classes. */
export function checkTeacher({ graph }: Teacher): void {
  const last = graph.ops.at(-1);
  if (last?.kind === 'SOFTMAX') return;
  throw new InputError(
    `\`training.distillation\` needs a model that ends in a softmax, but "${graph.name}" ends in ${last?.kind ?? 'nothing'}; remove it, or train with the softmax in the model.`,
    { key: 'training.distillation' },
  );
}

/** Gives each batch of the student to the teacher's program, and its answers to the student. */
export function teaching(teacher: Program): (student: Program, count: number) => void {
  const [output] = teacher.graph.outputs;
  return (student, count) => {
    teacher.input.set(student.input);
    teacher.run('evaluate-float', count);
    student.view(student.store.teacher).set(teacher.tensor('evaluate-float', output));
  };
}
