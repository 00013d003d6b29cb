// Variables that ops share by name: VAR_HANDLE, READ_VARIABLE, ASSIGN_VARIABLE, and CALL_ONCE, which sets them up.

import type { Kernel, KernelContext, Resource } from '../kernel.ts';
import { createData } from '../memory.ts';

export const varHandle: Kernel<'VAR_HANDLE'> = (op, context) => {
  context.output(0, [1]);
  context.state.handles.set(op.outputs[0], `${op.options.container}/${op.options.sharedName}`);
  return () => {};
};

/** The variable of a handle, made as `like` where this is the first op that needs it. */
function variable(
  handle: number | null,
  context: KernelContext,
  like: { readonly dtype: Resource['dtype']; readonly shape: readonly number[] },
): Resource {
  const { handles, resources } = context.state;
  const name = handles.get(handle ?? -1) ?? context.refuse('its handle names no variable');
  const size = like.shape.reduce((total, length) => total * length, 1);
  const found = resources.get(name) ?? { ...like, data: createData(like.dtype, size) };
  if (found.dtype !== like.dtype || found.data.length !== size) {
    context.refuse(
      `the variable "${name}" is ${found.dtype} of ${found.data.length} values, not ${like.dtype} of ${size}`,
    );
  }
  resources.set(name, found);
  return found;
}

export const readVariable: Kernel<'READ_VARIABLE'> = (op, context) => {
  const output = context.output(0, context.declaredShape(0));
  const from = variable(op.inputs[0], context, output);
  const [data, out] = [from.data as Float32Array, output.data as Float32Array];
  return () => out.set(data);
};

export const assignVariable: Kernel<'ASSIGN_VARIABLE'> = (op, context) => {
  const value = context.input(1);
  const to = variable(op.inputs[0], context, value);
  const [data, out] = [value.data as Float32Array, to.data as Float32Array];
  return () => out.set(data);
};

/** Runs a subgraph without inputs, the first time only (again after the variables were reset). */
export const callOnce: Kernel<'CALL_ONCE'> = (op, context) => {
  const { run } = context.subgraph(op.options.subgraph, []);
  const { done } = context.state;
  return () => {
    if (done.has(op.options.subgraph)) return;
    done.add(op.options.subgraph);
    run();
  };
};
