// What TFMOT 0.8's default 8-bit scheme does with each layer of a model: which variables its wrapper gets, and which layers it
// changes before. Source: `default_8bit_quantize_registry.py`, `default_8bit_transforms.py`.

import { modelGraph } from '../../layers/functional.ts';
import type { LayerState } from '../../layers/layer-state.ts';
import type { Instance } from '../../values.ts';

/** How many variables the quantizers of a layer's wrapper have; `split` is a separable convolution. */
export type LayerPlan =
  | { readonly kind: 'wrap'; readonly variables: number }
  | { readonly kind: 'split' }
  | { readonly kind: 'refuse' };

/** Min and max of one range. */
const RANGE = 2;

const QUANTIZED_OUTPUT = new Set([
  'ReLU',
  'LeakyReLU',
  'Concatenate',
  'UpSampling2D',
  'AveragePooling1D',
  'AveragePooling2D',
  'GlobalAveragePooling1D',
  'GlobalAveragePooling2D',
  'GlobalAveragePooling3D',
  'Add',
]);
const UNTOUCHED = new Set([
  'Softmax',
  'Cropping1D',
  'Cropping2D',
  'Cropping3D',
  'ZeroPadding1D',
  'ZeroPadding2D',
  'ActivityRegularization',
  'Dropout',
  'Flatten',
  'Permute',
  'Reshape',
  'SpatialDropout1D',
  'SpatialDropout2D',
  'SpatialDropout3D',
  'GlobalMaxPooling1D',
  'GlobalMaxPooling2D',
  'GlobalMaxPooling3D',
  'MaxPooling2D',
]);
const BEFORE_ACTIVATION = new Set(['softmax', 'sigmoid', 'tanh', 'gelu']);
const AFTER_ACTIVATION = new Set(['linear', 'relu', 'swish', 'gelu']);

const activationOf = (state: LayerState): string => {
  const { activation } = state.config;
  return typeof activation === 'string' ? activation : 'linear';
};

/** Variables of the activation's quantizers; undefined where TFMOT refuses the activation. */
function activationRanges(state: LayerState): number | undefined {
  const name = activationOf(state);
  if (!BEFORE_ACTIVATION.has(name) && !AFTER_ACTIVATION.has(name)) return undefined;
  return (BEFORE_ACTIVATION.has(name) ? RANGE : 0) + (AFTER_ACTIVATION.has(name) ? RANGE : 0);
}

/** Variables of the weight's quantizers: a range for each channel of convolutions' kernels. */
function weightRanges(state: LayerState): number {
  switch (state.className) {
    case 'Conv2D':
    case 'Conv2DTranspose':
      return RANGE * Number(state.config.filters);
    case 'DepthwiseConv2D':
      return RANGE * Number(state.config.depth_multiplier ?? 1);
    default:
      return RANGE;
  }
}

const CONVOLUTIONS = new Set(['Conv2D', 'DepthwiseConv2D']);
const isNorm = (layer: Instance | undefined): layer is Instance =>
  /^(Sync)?BatchNormalization$/.test(layer?.layer?.className ?? '');
const isRelu = (layer: Instance): boolean =>
  layer.layer!.className === 'ReLU' ||
  (layer.layer!.className === 'Activation' && activationOf(layer.layer!) === 'relu');

/** A layer and the layers that feed it. */
export interface WiredLayer {
  readonly layer: Instance;
  readonly inputs: readonly Instance[];
}

/** Layers of a functional or Sequential model with what feeds each. */
export function wiredLayers(model: Instance): WiredLayer[] {
  const { model: own, layers } = model.layer!;
  if (own?.kind === 'sequential') return layers.map((layer, i) => ({ layer, inputs: i === 0 ? [] : [layers[i - 1]!] }));
  if (own?.kind !== 'functional') return [];
  return modelGraph(own.inputs, own.outputs).layers.map(({ layer, nodes }) => ({
    layer,
    inputs: layer.layer!.nodes[nodes[0] ?? 0]?.inputs.flatMap(({ history }) => (history ? [history.layer] : [])) ?? [],
  }));
}

/** The plan of each layer that is to be quantized. */
export function quantizePlans(
  wired: readonly WiredLayer[],
  wanted: (layer: Instance) => boolean,
): Map<Instance, LayerPlan> {
  const fused = fusions(wired, wanted);
  const plans = new Map<Instance, LayerPlan>();
  for (const { layer } of wired) {
    if (!wanted(layer) || layer.layer!.className === 'InputLayer') continue;
    plans.set(layer, planOf(layer, fused));
  }
  return plans;
}

const HAS_KERNEL = new Set(['Conv2D', 'DepthwiseConv2D', 'Conv2DTranspose', 'Dense']);

/** Variables of a layer that only feeds a quantized one: its output is quantized, its weights are not. Undefined: left alone. */
export function outputOnlyVariables(layer: Instance): number | undefined {
  const plan = planOf(layer, { quietActivation: new Set(), quietOutput: new Set(), norms: new Map() });
  if (plan.kind !== 'wrap') return undefined;
  return plan.variables - (HAS_KERNEL.has(layer.layer!.className) ? weightRanges(layer.layer!) : 0);
}

interface Fusions {
  /** Layers whose own quantizers of activations are taken away. */
  readonly quietActivation: ReadonlySet<Instance>;
  readonly quietOutput: ReadonlySet<Instance>;
  /** Batch norms behind a convolution or Dense. */
  readonly norms: ReadonlyMap<Instance, 'output' | 'none'>;
}

function fusions(wired: readonly WiredLayer[], wanted: (layer: Instance) => boolean): Fusions {
  const readers = new Map<Instance, number>();
  for (const { inputs } of wired) for (const input of inputs) readers.set(input, (readers.get(input) ?? 0) + 1);
  const quietActivation = new Set<Instance>();
  const quietOutput = new Set<Instance>();
  const norms = new Map<Instance, 'output' | 'none'>();
  const isAlone = (layer: Instance) => readers.get(layer) === 1;
  for (const { layer, inputs } of wired) {
    const [from] = inputs;
    if (!wanted(layer) || !from || !wanted(from)) continue;
    if (isNorm(layer) && canFuse(from) && isAlone(from)) {
      norms.set(layer, 'output');
      quietActivation.add(from);
    } else if (isRelu(layer) && isNorm(from) && norms.has(from) && isAlone(from)) norms.set(from, 'none');
    else if (isRelu(layer) && /^(Add|Conv2D|DepthwiseConv2D|Dense)$/.test(from.layer!.className) && isAlone(from)) {
      quietActivation.add(from);
      quietOutput.add(from);
    } else if (layer.layer!.className === 'Concatenate' && inputs.length >= 2 && inputs.length <= 6) {
      for (const input of inputs) {
        quietOutput.add(input);
        if (!CONVOLUTIONS.has(input.layer!.className) && input.layer!.className !== 'Dense') quietActivation.add(input);
      }
    }
  }
  return { quietActivation, quietOutput, norms };
}

const canFuse = (layer: Instance): boolean =>
  (CONVOLUTIONS.has(layer.layer!.className) || layer.layer!.className === 'Dense') &&
  activationOf(layer.layer!) === 'linear';

function planOf(layer: Instance, { quietActivation, quietOutput, norms }: Fusions): LayerPlan {
  const state = layer.layer!;
  const wrap = (variables: number): LayerPlan => ({ kind: 'wrap', variables });
  switch (state.className) {
    case 'Conv2D':
    case 'DepthwiseConv2D':
    case 'Conv2DTranspose':
    case 'Dense': {
      if (quietOutput.has(layer) && quietActivation.has(layer)) return wrap(0);
      const ranges = quietActivation.has(layer) ? 0 : activationRanges(state);
      return ranges === undefined ? { kind: 'refuse' } : wrap(weightRanges(state) + ranges);
    }
    case 'Activation': {
      const name = activationOf(state);
      if (/^(relu|swish|gelu|relu6)$/.test(name)) return wrap(quietOutput.has(layer) ? 0 : RANGE);
      return /^(linear|softmax|sigmoid|tanh)$/.test(name) ? wrap(0) : { kind: 'refuse' };
    }
    case 'SeparableConv2D':
      return { kind: 'split' };
    case 'BatchNormalization':
    case 'SyncBatchNormalization': {
      const norm = norms.get(layer);
      return norm ? wrap(norm === 'output' && !quietOutput.has(layer) ? RANGE : 0) : { kind: 'refuse' };
    }
    default:
      if (UNTOUCHED.has(state.className)) return wrap(0);
      return QUANTIZED_OUTPUT.has(state.className) ? wrap(quietOutput.has(layer) ? 0 : RANGE) : { kind: 'refuse' };
  }
}
