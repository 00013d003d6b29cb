// TensorFlow's Model Optimization toolkit: what its functions make of a model.

import { nativeClass, OBJECT } from '../../builtins/native-class.ts';
import { findLayerClass } from '../../frameworks/layer-classes.ts';
import { cloneLayer } from '../../frameworks/layer-members.ts';
import { findAttribute } from '../../language/attributes.ts';
import { callValue } from '../../language/calls.ts';
import { loadSource } from '../../language/imports.ts';
import { uniqueName } from '../../layers/naming.ts';
import { type Runtime, raise, unknownHere } from '../../runtime.ts';
import { type Instance, int, list, type NativeCall, NONE, native, str, type Value } from '../../values.ts';
import { cloneWith } from '../keras/clone-model.ts';
import { functions, type Lookup, makeModule, openClass } from '../make-module.ts';
import { outputOnlyVariables, quantizePlans, wiredLayers } from './quantize-plan.ts';
import { QUANTIZE_CLASSES, WRAPPERS } from './wrappers.ts';

/** One of TFMOT's own layers. */
function wrapperClass(run: Runtime, name: string): Value {
  const file = run.reader.parse?.('<quantlens>/tfmot/wrappers.py', WRAPPERS);
  if (!file) return unknownHere(run, 'the layers of TFMOT are not at hand');
  const frame = {
    kind: 'module',
    locals: new Map<string, Value>(),
    globals: new Map<string, Value>(),
    file,
    module: 'tfmot',
  } as const;
  const module = loadSource(
    run,
    { path: file.path, name: 'tensorflow_model_optimization.wrappers', isPackage: false, file },
    frame,
  );
  return findAttribute(run, module, name) ?? unknownHere(run, `TFMOT has no ${name}`);
}

const modelIn = (run: Runtime, value: Value | undefined): Instance | Value =>
  value?.kind === 'instance' && value.layer?.model
    ? value
    : value?.kind === 'unknown'
      ? value
      : raise(run, 'ValueError', '`model` can only be a `keras.Model` instance.');

const isInstance = (value: Instance | Value): value is Instance => value.kind === 'instance';

const quantizeModel: NativeCall = (run, args, named) => {
  const model = modelIn(run, args[0] ?? named.get('to_quantize'));
  if (!isInstance(model)) return model;
  // Each layer is annotated on the way, which counts in later names.
  for (const { layer } of wiredLayers(model))
    if (layer.layer!.className !== 'InputLayer') uniqueName(run, 'quantize_annotate');
  return quantized(run, model, new Map(wiredLayers(model).map(({ layer }) => [layer, layer])));
};

const quantizeApply: NativeCall = (run, args, named) => {
  const model = modelIn(run, args[0] ?? named.get('model'));
  if (!isInstance(model)) return model;
  const annotated = wiredLayers(model).filter(({ layer }) => layer.layer!.className === 'QuantizeAnnotate');
  if (annotated.length === 0)
    return raise(
      run,
      'ValueError',
      '`model` must contain at least one layer which have been annotated with `quantize_annotate*`.',
    );
  const inner = new Map<Instance, Instance>();
  const configs = new Map<Instance, Value>();
  for (const { layer } of annotated) {
    const wrapped = layer.attributes.get('layer');
    const config = layer.attributes.get('quantize_config');
    if (wrapped?.kind !== 'instance') continue;
    inner.set(layer, wrapped);
    if (config && config.kind !== 'none') configs.set(wrapped, config);
  }
  return quantized(run, model, inner, configs);
};

/** The model with its layers (by what wraps them) in quantize wrappers; `configs` are the program's own, by layer. */
function quantized(
  run: Runtime,
  model: Instance,
  inner: ReadonlyMap<Instance, Instance>,
  configs: ReadonlyMap<Instance, Value> = new Map(),
): Value {
  if (!model.layer!.built && model.layer!.model?.kind === 'sequential' && !model.layer!.model.output) {
    return raise(
      run,
      'ValueError',
      '`model` must be a built model. Please call `model.build(input_shape)` before quantizing your model.',
    );
  }
  const wired = wiredLayers(model);
  const own = wired.map(({ layer, inputs }) => ({
    layer: inner.get(layer) ?? layer,
    inputs: inputs.map((input) => inner.get(input) ?? input),
  }));
  const chosen = new Set(inner.values());
  const nested = own.find(({ layer }) => layer.layer!.model && chosen.has(layer));
  if (nested) return raise(run, 'ValueError', 'Quantizing a keras Model inside another keras Model is not supported.');
  // What has a config of the program's own takes part in no fusion: `_has_custom_quantize_config`.
  const plans = quantizePlans(own, (layer) => chosen.has(layer) && !configs.has(layer));
  for (const [layer, plan] of plans) {
    if (plan.kind === 'refuse')
      return raise(
        run,
        'RuntimeError',
        `Layer ${layer.layer!.name}:${layer.layer!.className} is not supported. You can quantize this layer by passing a QuantizeConfig to quantize_annotate_layer`,
      );
  }
  const wrap = (layer: Instance, variables: number, config: Value = NONE): Value =>
    callValue(
      run,
      wrapperClass(run, 'QuantizeWrapperV2'),
      [layer, int(variables)],
      new Map([
        ['name', str(`quant_${layer.layer!.name}`)],
        ['config', config],
      ]),
    );
  // A layer whose only quantized reader is annotated gets its output quantized too.
  const feeding = new Set(
    wired.flatMap(({ layer, inputs }) =>
      inner.has(layer) && inputs.length === 1 && !inner.has(inputs[0]!) ? inputs : [],
    ),
  );
  const change = (layer: Instance): Value | undefined => {
    const of = inner.get(layer);
    const config = of && configs.get(of);
    if (of && config) return wrap(cloneLayer(run, of), 0, config);
    const output = feeding.has(layer) ? outputOnlyVariables(layer) : undefined;
    if (output !== undefined) return wrap(cloneLayer(run, layer), output);
    const plan = of && plans.get(of);
    if (!of || !plan) return undefined;
    if (plan.kind === 'wrap') return wrap(cloneLayer(run, of), plan.variables);
    return plan.kind === 'split' ? list(separated(run, of).map((each) => wrap(each, rangesOf(each)))) : undefined;
  };
  const readsInput = (input: Instance): boolean =>
    wired.some(
      ({ layer, inputs }) => inner.has(layer) && (inputs.includes(input) || (inputs.length === 0 && layer !== input)),
    );
  return cloneWith(run, model, change, {
    behindInput: (input) => (readsInput(input) ? callValue(run, wrapperClass(run, 'QuantizeLayer'), []) : undefined),
  });
}

const rangesOf = (layer: Instance): number => {
  const [plan] = quantizePlans([{ layer, inputs: [] }], () => true).values();
  return plan?.kind === 'wrap' ? plan.variables : 0;
};

/** A separable convolution as a depthwise one and a pointwise one. */
function separated(run: Runtime, layer: Instance): Instance[] {
  const { given, config } = layer.layer!;
  const pick = (names: readonly string[]): Map<string, Value> =>
    new Map(names.flatMap((name) => (given.has(name) ? [[name, given.get(name)!] as const] : [])));
  const depthwise = callValue(
    run,
    findLayerClass(run, 'DepthwiseConv2D')!,
    [],
    new Map([
      ...pick(['kernel_size', 'strides', 'padding', 'depth_multiplier']),
      ['use_bias', { kind: 'bool', value: false }],
    ]),
  );
  const pointwise = callValue(
    run,
    findLayerClass(run, 'Conv2D')!,
    [],
    new Map([
      ...pick(['filters', 'activation']),
      ['kernel_size', int(1)],
      ['use_bias', { kind: 'bool', value: config.use_bias !== false }],
    ]),
  );
  return [depthwise, pointwise].filter(isInstance);
}

const annotateLayer: NativeCall = (run, args, named, site) => {
  const layer = args[0] ?? named.get('to_annotate');
  if (!layer || layer.kind === 'unknown') return layer ?? NONE;
  return callValue(
    run,
    wrapperClass(run, 'QuantizeAnnotate'),
    [layer, args[1] ?? named.get('quantize_config') ?? NONE],
    undefined,
    site,
  );
};

const annotateModel: NativeCall = (run, args, named) => {
  const model = modelIn(run, args[0] ?? named.get('to_annotate'));
  if (!isInstance(model)) return model;
  return cloneWith(run, model, (layer) => {
    if (layer.layer!.className === 'QuantizeAnnotate') return layer;
    if (/^(InputLayer|Lambda)$/.test(layer.layer!.className)) return undefined;
    return callValue(run, wrapperClass(run, 'QuantizeAnnotate'), [cloneLayer(run, layer)]);
  });
};

/** The weight of a layer that pruning and clustering work on. */
const PRUNED: { readonly [className: string]: string } = {
  ...Object.fromEntries(
    [
      'Conv1D',
      'Conv2D',
      'Conv3D',
      'Conv2DTranspose',
      'Conv3DTranspose',
      'Dense',
      'LocallyConnected1D',
      'LocallyConnected2D',
    ].map((name) => [name, 'kernel']),
  ),
  SeparableConv1D: 'pointwise_kernel',
  SeparableConv2D: 'pointwise_kernel',
  Embedding: 'embeddings',
};

type Wrap = (layer: Instance, weight: Value) => Value;

/** A layer alone, or each layer of a model, in a wrapper. */
function wrapped(run: Runtime, value: Value | undefined, wrap: Wrap): Value {
  if (value?.kind !== 'instance' || !value.layer)
    return value?.kind === 'unknown' ? value : raise(run, 'ValueError', 'expected a keras layer or model');
  const weightOf = (layer: Instance): Value => {
    const name = PRUNED[layer.layer!.className];
    return name === undefined ? NONE : str(name);
  };
  if (!value.layer.model) return wrap(value, weightOf(value));
  return cloneWith(run, value, (layer) =>
    layer.layer!.model || layer.layer!.className === 'InputLayer'
      ? undefined
      : wrap(cloneLayer(run, layer), weightOf(layer)),
  );
}

const prune: NativeCall = (run, args, named) =>
  wrapped(run, args[0] ?? named.get('to_prune'), (layer, weight) => {
    const name = str(`prune_low_magnitude_${layer.layer!.name}`);
    return callValue(run, wrapperClass(run, 'PruneLowMagnitude'), [layer, weight], new Map([['name', name]]));
  });

const cluster: NativeCall = (run, args, named) =>
  wrapped(run, args[0] ?? named.get('to_cluster'), (layer, weight) => {
    const count = args[1] ?? named.get('number_of_clusters') ?? NONE;
    const name = str(`cluster_${layer.layer!.name}`);
    return callValue(run, wrapperClass(run, 'ClusterWeights'), [layer, weight, count], new Map([['name', name]]));
  });

/** Takes wrappers off again. */
const strip: NativeCall = (run, args, named) => {
  const model = modelIn(run, args[0] ?? named.get('model'));
  if (!isInstance(model)) return model;
  return cloneWith(run, model, (layer) => {
    const inner = layer.attributes.get('layer');
    return /^(PruneLowMagnitude|ClusterWeights)$/.test(layer.layer!.className) && inner?.kind === 'instance'
      ? cloneLayer(run, inner)
      : undefined;
  });
};

const SCOPE = nativeClass('scope', [OBJECT], functions({ __enter__: () => NONE, __exit__: () => NONE }));
const scope: NativeCall = () => ({ kind: 'instance', cls: SCOPE, attributes: new Map() });

const FUNCTIONS: { readonly [name: string]: NativeCall } = {
  quantize_model: quantizeModel,
  quantize_apply: quantizeApply,
  quantize_annotate_layer: annotateLayer,
  quantize_annotate_model: annotateModel,
  quantize_scope: scope,
  prune_low_magnitude: prune,
  prune_scope: scope,
  strip_pruning: strip,
  cluster_weights: cluster,
  cluster_scope: scope,
  strip_clustering: strip,
};

/** The names stand in `quantization.keras`, `sparsity.keras`, `clustering.keras` and in modules below `python.core`. */
const member: Lookup = (name, run) => {
  if (QUANTIZE_CLASSES.test(name)) return wrapperClass(run, name);
  if (Object.hasOwn(FUNCTIONS, name)) return native(name, FUNCTIONS[name]!);
  if (/^[A-Z]/.test(name)) return openClass(name);
  return makeModule(`tensorflow_model_optimization.${name}`, [], member);
};

export const tfmot = () => makeModule('tensorflow_model_optimization', [], member);
