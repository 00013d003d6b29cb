// The start of every job that quantizes: config, model, graphs and data, each checked against the others.

import { quantizationSettings } from '../../engine/config/quantization-settings.ts';
import type { DataSource, QuantConfig } from '../../engine/config/schema.ts';
import { InputError } from '../../engine/errors.ts';
import type { Graph } from '../../engine/graph/graph.ts';
import { fuse } from '../../engine/graph/passes/fuse.ts';
import { formatShape } from '../../engine/graph/tensor.ts';
import { frozenLayers } from '../../engine/keras/frozen-layers.ts';
import { initialWeights } from '../../engine/keras/initializers/initialize.ts';
import { lower } from '../../engine/keras/lower/lower.ts';
import type { KerasModel, KerasWeights } from '../../engine/keras/model.ts';
import type { LayerOverride, QuantizationSettings } from '../../engine/quantization/settings.ts';
import type { Dataset, TargetForm } from '../../engine/training/dataset.ts';
import type { LoadedConfig } from '../config/load-config.ts';
import { loadTarget } from '../config/load-target.ts';
import { type DatasetUse, openDataset } from '../datasets/open-dataset.ts';
import { type LoadedKerasModel, loadKerasModel } from '../models/load-model.ts';
import { loadOwnModules, type OwnModules } from '../modules/own-modules.ts';
import type { JobContext } from './context.ts';
import { folded } from './deploy.ts';
import { type HandOffs, readHandOffs } from './hand-offs.ts';
import { METRICS, type Metric } from './metric.ts';

export interface Prepared extends LoadedConfig {
  /** Modules of the user's own. */
  readonly own: OwnModules;
  readonly model: LoadedKerasModel;
  readonly settings: QuantizationSettings;
  /** Ranges and scales that other tools have found. */
  readonly handOffs: HandOffs;
  /** Fused, batch norms absorbed and not folded; dropout kept, for training. */
  readonly trainingGraph: Graph;
  /** The same without dropout. */
  readonly graph: Graph;
  /** Layers that are not trained, by path. */
  readonly frozen: ReadonlySet<string>;
  /** What the model is trained towards. */
  readonly target: TargetForm;
  readonly train?: Dataset;
  /** Its targets are what the metric compares with, for AUC not what the model is trained towards. */
  readonly validation?: Dataset;
  readonly metric: Metric;
  /** The first samples of the training or calibration data. */
  readonly calibration: Dataset;
}

export async function prepare(loaded: LoadedConfig, { isTrusted }: Pick<JobContext, 'isTrusted'>): Promise<Prepared> {
  const { config, folder } = loaded;
  const own = await loadOwnModules(loaded, isTrusted);
  const model = await loadKerasModel(config.model, config.weights, folder, own.layers);
  const lowered = lower(model.model, startingWeights(config, model), { own: own.layers });
  const graph = fuse(lowered);
  const handOffs = readHandOffs(loaded, folded(graph));
  const settings = quantizationSettings(config, loadTarget(config.target, folder), own.algorithms);
  const overrides = [...onlyLayers(model.annotated), ...handOffs.overrides, ...settings.overrides];
  const target = targetForm(graph, config);
  const metric = metricOf(config);
  const use: DatasetUse = {
    folder,
    inputShape: inputShape(graph),
    target,
    preprocessing: config.data.preprocessing,
  };
  const scored = metric.name === 'auc' ? { ...use, target: YES_OR_NO } : use;
  const train = config.data.train && openDataset(config.data.train, use);
  const validation = config.data.validation && openDataset(config.data.validation, scored);
  return {
    ...loaded,
    own,
    model,
    settings: byLayer({ ...settings, overrides }, model.model),
    handOffs,
    trainingGraph: fuse(lowered, { dropout: 'keep' }),
    graph,
    frozen: frozenLayers(model.model),
    target,
    metric,
    ...(train ? { train } : {}),
    ...(validation ? { validation } : {}),
    calibration: calibrationData(config, use, train, loaded.file),
  };
}

/** What `quantize_annotate_layer` in the source means: these layers and no others, where the config does not say otherwise. */
function onlyLayers(annotated: readonly string[]): LayerOverride[] {
  if (annotated.length === 0) return [];
  return [
    { match: { name: '**' }, skip: true },
    ...annotated.map((name): LayerOverride => ({ match: { name }, skip: false })),
  ];
}

/** The model's own weights, or, for training from scratch, those that its initializers give. */
function startingWeights(
  { floatTraining }: QuantConfig,
  { model, weights }: LoadedKerasModel,
): KerasWeights | undefined {
  return weights ?? (floatTraining && initialWeights(model, floatTraining.seed));
}

/** Overrides that match a Keras class, as overrides of the layers of that class: graphs know their layers by path alone. */
function byLayer(settings: QuantizationSettings, model: KerasModel): QuantizationSettings {
  const classes = [...classesOf(model, '')];
  const overrides = settings.overrides.flatMap((override): LayerOverride[] => {
    const { match } = override;
    if (!('class' in match)) return [override];
    const paths = classes.filter(([, name]) => name === match.class).map(([path]) => path);
    return paths.length === 0 ? [override] : paths.map((path) => ({ ...override, match: { name: path } }));
  });
  return { ...settings, overrides };
}

function classesOf(model: KerasModel, prefix: string): [path: string, className: string][] {
  return model.layers.flatMap((layer): [string, string][] => {
    const path = `${prefix}${layer.name}`;
    return [[path, layer.class], ...(layer.model ? classesOf(layer.model, `${path}/`) : [])];
  });
}

/** Shape of one sample. The engine trains models of one input. */
function inputShape(graph: Graph): readonly number[] {
  if (graph.inputs.length !== 1) {
    throw new InputError(
      `The model "${graph.name}" has ${graph.inputs.length} inputs; QuantLens trains and quantizes models of one.`,
      { key: 'model' },
    );
  }
  const { name, shape } = graph.tensors[graph.inputs[0]];
  const sample = shape.slice(1);
  const known = sample.filter((size) => size !== null);
  if (known.length === sample.length) return known;
  throw new InputError(
    `The input "${name}" is ${formatShape(shape)}: its size must be known. Give the model's Input a full shape.`,
    { layer: name },
  );
}

function targetForm(graph: Graph, config: QuantConfig): TargetForm {
  if (graph.outputs.length !== 1) {
    throw new InputError(
      `The model "${graph.name}" has ${graph.outputs.length} outputs; QuantLens trains and quantizes models of one.`,
      { key: 'model' },
    );
  }
  const shape = graph.tensors[graph.outputs[0]].shape.slice(1).filter((size) => size !== null);
  const { loss } = config.training;
  const last = graph.ops.at(-1);
  if (loss === 'binary-crossentropy' && last?.kind !== 'LOGISTIC') {
    throw new InputError(
      `\`training.loss: binary-crossentropy\` is for models that end in a sigmoid, but "${graph.name}" ends in ${last?.kind ?? 'nothing'}.`,
      { key: 'training.loss' },
    );
  }
  if (loss !== 'sparse-categorical-crossentropy') return { kind: 'value', shape };
  if (shape.length === 1 && shape[0] > 1) return { kind: 'class', classes: shape[0] };
  const other = last?.kind === 'LOGISTIC' ? 'binary-crossentropy' : 'mean-squared-error';
  throw new InputError(
    `The model's output is ${shape.join('×')}, not one score a class; set \`training.loss: ${other}\`.`,
    { key: 'training.loss' },
  );
}

/** Labels of AUC, whatever the model gives. */
const YES_OR_NO: TargetForm = { kind: 'class', classes: 2 };

function metricOf({ metric, training: { loss } }: QuantConfig): Metric {
  if (metric === 'accuracy' && loss.startsWith('mean-')) {
    throw new InputError(`\`metric: accuracy\` needs a cross-entropy loss, but \`training.loss\` is ${loss}.`, {
      key: 'metric',
    });
  }
  if ((metric === 'mean-squared-error' || metric === 'mean-absolute-error') && loss.endsWith('crossentropy')) {
    throw new InputError(`\`metric: ${metric}\` needs \`training.loss\` to be such an error, but it is ${loss}.`, {
      key: 'metric',
    });
  }
  if (metric) return METRICS[metric];
  return METRICS[loss === 'mean-squared-error' || loss === 'mean-absolute-error' ? loss : 'accuracy'];
}

function calibrationData(config: QuantConfig, use: DatasetUse, train: Dataset | undefined, file: string): Dataset {
  const { path, inputs, resize, samples } = config.data.calibration;
  if (path !== undefined) {
    const source: DataSource = { path, resize, ...(inputs === undefined ? {} : { inputs }) };
    return firstOf(openDataset(source, { ...use, needsLabels: false }), samples);
  }
  if (train) return firstOf(train, samples);
  throw new InputError(
    'The config names no data to find the ranges of activations from; add `data.train`, or `data.calibration` with a path.',
    { file, key: 'data.calibration' },
  );
}

function firstOf(dataset: Dataset, samples: number): Dataset {
  return { ...dataset, size: Math.min(samples, dataset.size) };
}
