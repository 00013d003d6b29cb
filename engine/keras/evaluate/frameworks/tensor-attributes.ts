// Attributes and methods of tensors.

import { methodTable } from '../builtins/table.ts';
import { shapeValue } from '../layers/apply-layer.ts';
import { type Runtime, unknownHere } from '../runtime.ts';
import { int, NO_NAMED, NONE, type Place, shapeTuple, str, type TensorValue, tuple, type Value } from '../values.ts';
import { applyKeras, applyTensorFlow } from './apply-operation.ts';

export function tensorAttribute(run: Runtime, tensor: TensorValue, name: string, at: Place): Value | undefined {
  switch (name) {
    case 'shape':
      return shapeValue(run, tensor);
    case '_keras_shape':
      return tensor.shape ? shapeTuple(tensor.shape) : unknownHere(run, 'the shape of the tensor is not known', at);
    case 'dtype':
      return str(tensor.dtype);
    case 'ndim':
      return tensor.shape ? int(tensor.shape.length) : unknownHere(run, 'the rank of the tensor is not known', at);
    case 'name':
      return tensor.history ? str(tensor.history.layer.layer!.name ?? '') : str('');
    case '_keras_history':
      return tensor.history ? historyOf(tensor) : undefined;
    case 'node':
    case 'op':
    case 'graph':
    case 'device':
      return unknownHere(run, `the attribute ${name} of a tensor is not evaluated`, at);
    default: {
      const method = Object.hasOwn(METHODS, name) ? METHODS[name] : undefined;
      return method && { kind: 'method', self: tensor, callable: method };
    }
  }
}

/** `(layer, node_index, tensor_index)`, also by name. */
function historyOf({ history }: TensorValue): Value {
  const { layer, node, tensor } = history!;
  const fields = tuple([str('layer'), str('node_index'), str('tensor_index'), str('operation')]);
  const cls = {
    kind: 'class',
    name: 'KerasHistory',
    bases: [],
    mro: [] as never[],
    members: new Map<string, Value>([['_fields', fields]]),
  } as const;
  return { kind: 'tuple', items: [layer, int(node), int(tensor)], cls };
}

const self = (args: readonly Value[]): TensorValue => args[0] as TensorValue;

const METHODS = methodTable({
  get_shape: (run, args) => shapeValue(run, self(args)),
  set_shape: () => NONE,
  numpy: (run) => unknownHere(run, 'the value of a tensor is not known'),
  assign: () => NONE,
  assign_add: () => NONE,
  assign_sub: () => NONE,
  value: (_run, args) => self(args),
  read_value: (_run, args) => self(args),
  ref: (_run, args) => self(args),
  eval: (run) => unknownHere(run, 'the value of a tensor is not known'),
  reshape: (run, args, _named, site) => {
    const shape = args.length > 2 ? tuple(args.slice(1)) : args[1]!;
    return run.version === 3
      ? applyKeras(run, 'Reshape', [self(args), shape], NO_NAMED, site)
      : applyTensorFlow(run, 'reshape', [self(args), shape], NO_NAMED, site);
  },
  squeeze: (run, args, named, site) => applyKeras(run, 'Squeeze', args, named, site),
  with_values: (_run, args) => self(args),
});
