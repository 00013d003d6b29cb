// Masks of Keras 3: an Embedding with `mask_zero` and a Masking layer compute one by operations of the graph, layers hand it on, and
// a layer whose `call` takes a mask is fed by it too. Source: keras/src/layers/layer.py, `__call__`, steps 6 and 8.

import { applyKeras } from '../frameworks/apply-operation.ts';
import { findMember } from '../language/attributes.ts';
import { type Runtime, unknownHere } from '../runtime.ts';
import {
  type CallSite,
  type Instance,
  int,
  type Named,
  NO_NAMED,
  type TensorValue,
  type Unknown,
  type Value,
} from '../values.ts';
import { tensorsIn } from './structure.ts';

/** A mask, or why the graph behind it is not known. */
export type Mask = TensorValue | Unknown;

const RECURRENT = /^(LSTM|GRU|SimpleRNN|RNN|Bidirectional|ConvLSTM[123]D)$/;
/** Layers whose `call` has an argument `mask`. */
const TAKES = /^(GlobalAveragePooling1D|BatchNormalization|Softmax|TimeDistributed|Lambda)$/;
/** Layers that hand on the mask of their input as it is. */
const PASSES =
  /^(LayerNormalization|GroupNormalization|BatchNormalization|UnitNormalization|LeakyReLU|ReLU|PReLU|Activation|ELU|Softmax|Rescaling|Normalization|AlphaDropout|GaussianDropout|GaussianNoise|ActivityRegularization|Dropout|SpatialDropout[123]D|TimeDistributed|Dense|Identity)$/;
/** Layers that join masks, or take one for each of their inputs. */
const JOINS =
  /^(Add|Subtract|Multiply|Average|Maximum|Minimum|Concatenate|Dot|Attention|AdditiveAttention|MultiHeadAttention|GroupedQueryAttention)$/;

const isFollowed = (run: Runtime): boolean => run.version === 3 && run.insideCall === 0;

/**
 * The mask that a call takes beside its inputs; a reason where it takes one that is not followed. `others` are the arguments behind
 * the inputs.
 */
export function takenMask(
  run: Runtime,
  layer: Instance,
  inputs: readonly TensorValue[],
  others: readonly Value[],
  named: Named,
): Mask | undefined {
  const mask = isFollowed(run) ? inputs.find((input) => input.mask)?.mask : undefined;
  if (!mask || named.has('mask')) return undefined;
  const state = layer.layer!;
  const own = findMember(layer.cls, 'call');
  if (own?.kind === 'function') {
    const takes = own.parameters.some(({ name }) => /(^|_)mask$/.test(name));
    return takes ? unknownHere(run, `the mask that ${state.className} takes is not followed`) : undefined;
  }
  if (state.model || /Attention$/.test(state.className))
    return unknownHere(run, `the mask that ${state.className} takes is not followed`);
  if (!RECURRENT.test(state.className) && !TAKES.test(state.className)) return undefined;
  // With a second argument that is a tensor, or None where one may stand, no mask is filled in: `initial_state`.
  const isAlone = others.every((value) => value.kind !== 'none' && tensorsIn(value).length === 0);
  return isAlone ? mask : undefined;
}

/** The mask of a call's first output. */
export function outputMask(
  run: Runtime,
  layer: Instance,
  inputs: readonly TensorValue[],
  site: CallSite,
): Mask | undefined {
  if (!isFollowed(run)) return undefined;
  const { className, config, given } = layer.layer!;
  const [input] = inputs;
  if (!input) return undefined;
  const operation = (name: string, args: readonly Value[], named: Named = NO_NAMED): Mask => {
    const made = applyKeras(run, name, args, named, site);
    return made.kind === 'tensor' ? made : unknownHere(run, `the mask of ${className} is not followed`);
  };
  if (className === 'Embedding') return config.mask_zero === true ? operation('NotEqual', [input, int(0)]) : undefined;
  if (className === 'Masking') {
    const differs = operation('NotEqual', [input, given.get('mask_value') ?? int(0)]);
    return operation('Any', [differs], new Map([['axis', int(-1)]]));
  }
  const mask = inputs.find((each) => each.mask)?.mask;
  if (!mask) return undefined;
  if (RECURRENT.test(className)) return returnsSequences(layer) ? mask : undefined;
  if (PASSES.test(className)) return mask;
  const isOwn = findMember(layer.cls, 'call')?.kind === 'function' && layer.attributes.has('supports_masking');
  if (JOINS.test(className) || isOwn || findMember(layer.cls, 'compute_mask')?.kind === 'function')
    return unknownHere(run, `the mask behind ${className} is not followed`);
  return undefined;
}

function returnsSequences(layer: Instance): boolean {
  const { className, config, given } = layer.layer!;
  const inner = given.get('layer');
  const settings = className === 'Bidirectional' && inner?.kind === 'instance' ? inner.layer!.config : config;
  return settings.return_sequences === true;
}
