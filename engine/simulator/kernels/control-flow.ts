// IF and WHILE: subgraphs of the model that run where a bool says so. Their values lie in memory of their own, and are copied in and
// out, as LiteRT does. Source: if.cc and while.cc of LiteRT.

import type { Kernel, KernelContext, Value } from '../kernel.ts';

/** Of damaged loops, which never end. */
const MOST_TURNS = 100_000;

export const branch: Kernel<'IF'> = (op, context) => {
  const condition = context.input(0);
  requireBool(context, condition);
  const given = op.inputs.slice(1).map((_, i) => context.input(i + 1));
  const { thenSubgraph, elseSubgraph } = op.options;
  const [whenTrue, whenFalse] = [thenSubgraph, elseSubgraph].map((index) => context.subgraph(index, given));
  requireSame(context, whenTrue.outputs, whenFalse.outputs, 'its two branches give values of other types or shapes');
  const outputs = outputsLike(context, op.outputs.length, whenTrue.outputs);
  return () => {
    const taken = condition.data[0] ? whenTrue : whenFalse;
    copyAll(given, taken.inputs);
    taken.run();
    copyAll(taken.outputs, outputs);
  };
};

/** The op's outputs hold the values from turn to turn. */
export const loop: Kernel<'WHILE'> = (op, context) => {
  const start = op.inputs.map((_, i) => context.input(i));
  const given = start.map((value) => ({ ...value, known: false }));
  const condition = context.subgraph(op.options.condSubgraph, given);
  const body = context.subgraph(op.options.bodySubgraph, given);
  if (condition.outputs.length !== 1) context.refuse('its condition gives not one value');
  const [goesOn] = condition.outputs;
  requireBool(context, goesOn);
  requireSame(context, body.outputs, given, 'its values change their types or shapes from turn to turn');
  const values = outputsLike(context, op.outputs.length, given);
  return () => {
    copyAll(start, values);
    for (let turn = 0; ; turn++) {
      copyAll(values, condition.inputs);
      condition.run();
      if (!goesOn.data[0]) return;
      if (turn === MOST_TURNS) context.refuse(`its loop does not end after ${MOST_TURNS} turns`);
      copyAll(values, body.inputs);
      body.run();
      copyAll(body.outputs, values);
    }
  };
};

function requireBool(context: KernelContext, { name, dtype, size }: Value): void {
  if (dtype !== 'bool' || size !== 1) context.refuse(`its condition "${name}" is no single bool`);
}

function requireSame(context: KernelContext, a: readonly Value[], b: readonly Value[], message: string): void {
  const form = ({ dtype, shape }: Value): string => `${dtype} ${shape.join('×')}`;
  if (a.map(form).join() !== b.map(form).join()) context.refuse(message);
}

function outputsLike(context: KernelContext, count: number, values: readonly Value[]): Value[] {
  if (count !== values.length) context.refuse(`it has ${count} outputs, and its subgraphs give ${values.length}`);
  return values.map(({ shape, dtype }, i) => {
    if (context.outputType(i).dtype !== dtype) context.refuse(`its output ${i} is not ${dtype}, as its subgraphs give`);
    return context.output(i, shape);
  });
}

function copyAll(from: readonly Value[], to: readonly Value[]): void {
  for (let i = 0; i < from.length; i++) {
    if (from[i].data !== to[i].data) (to[i].data as Float32Array).set(from[i].data as Float32Array);
  }
}
