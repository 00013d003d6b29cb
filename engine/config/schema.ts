// The one schema of `*.quant.yaml`: it validates, types, documents and completes the config.
//
// Each key's `description` is its documentation in hover, completion and docs/config.md. A key whose default depends on
// the target has none here; `quantization-settings.ts` fills it in.

import * as z from 'zod';

const describe = <T extends z.ZodType>(type: T, description: string): T => type.meta({ description });

const finite = z.number();
const positive = z.number().positive();
const share = z.number().min(0).max(1);

/** One number for all channels, or one a channel. */
const perChannel = z.union([finite, z.array(finite).min(1)]);

/** A JavaScript or TypeScript module of the user's, which only a job loads. */
const module = z
  .string()
  .regex(/\.(?:[cm]?js|m?ts)$/)
  .meta({ title: 'a .mjs, .js or .ts module' });

const jsonFile = z
  .string()
  .regex(/\.(?:json|encodings)$/)
  .meta({ title: 'a .json or .encodings file' });

const sourceShape = {
  path: describe(
    z.string().min(1),
    'File or folder, relative to this config: `.npz`, `.npy`, or a folder with one folder of images (PNG, JPEG) a class.',
  ),
  inputs: describe(
    z.string().min(1).optional(),
    'Name of the array of inputs in an `.npz`: `[N, …]`, any NumPy number. May be left out where the file has one array that fits the model’s input.',
  ),
  labels: describe(
    z.string().min(1).optional(),
    'Name of the array of labels in the `.npz`, or an `.npy` file: class numbers `[N]` or `[N, 1]`, one-hot rows, or target values. A folder of images needs none: its classes are the folder names in alphabetical order, from 0.',
  ),
  resize: describe(
    z.enum(['none', 'nearest', 'bilinear']).default('none'),
    'What to do with images of another size than the model’s input: `none` refuses them.',
  ),
} as const;

const source = z.strictObject(sourceShape);

const calibration = z.strictObject({
  samples: describe(
    z.int().min(1).default(500),
    'How many samples to calibrate on, from the start of the data: ranges of activations come from them.',
  ),
  path: describe(sourceShape.path.optional(), 'Data for calibration alone; without it the training data is used.'),
  inputs: sourceShape.inputs,
  resize: sourceShape.resize,
});

const preprocessing = z.strictObject({
  scale: describe(finite.default(1), 'Factor for each value, first: `x·scale + offset`. 1/255 for inputs of 0..1.'),
  offset: describe(finite.default(0), 'Added after `scale`.'),
  mean: describe(perChannel.optional(), 'Subtracted after `scale` and `offset`: one number, or one for each channel.'),
  std: describe(
    z.union([positive, z.array(positive).min(1)]).optional(),
    'Divides after `mean` is subtracted: one number, or one for each channel.',
  ),
});

const augmentation = z.strictObject({
  flip: describe(
    z.enum(['none', 'horizontal', 'vertical', 'both']).default('none'),
    'Mirrors each training image at random, half of the time.',
  ),
  shift: describe(
    z.int().min(0).default(0),
    'Moves each training image by up to this many pixels in both directions, at random; zeros come in from the edge.',
  ),
});

const data = z.strictObject({
  train: describe(source.optional(), 'Data to train on, and to calibrate on where `calibration` has no path.'),
  validation: describe(source.optional(), 'Data that every accuracy is measured on.'),
  calibration: describe(calibration.prefault({}), 'Data that post-training quantization finds its ranges from.'),
  preprocessing: describe(
    preprocessing.prefault({}),
    'From the values in the files to the model’s input: `x·scale + offset`, then `(x − mean) / std`.',
  ),
  augmentation: describe(augmentation.prefault({}), 'Random changes of the training images.'),
});

const tensorShape = {
  bits: describe(z.int().min(2).max(16).optional(), 'Bits of a code, 2 to 16. Default: the target’s.'),
  symmetric: describe(z.boolean().optional(), 'Zero point 0. Default: the target’s.'),
  narrowRange: describe(z.boolean().optional(), '−127..127 rather than −128..127, at 8 bits. Default: the target’s.'),
  granularity: describe(
    z.enum(['per-tensor', 'per-channel', 'per-group']).optional(),
    'One scale for the tensor, one for each output channel, or one for each `groupSize` of them. Default: the target’s.',
  ),
  groupSize: describe(
    z.int().min(1).optional(),
    'Neighbouring output channels that share a scale, where the granularity is `per-group`.',
  ),
  observer: describe(
    z
      .union([
        z.enum(['min-max', 'moving-average', 'last-value', 'percentile', 'mse', 'entropy', 'lsq', 'lsq+', 'pact']),
        module,
      ])
      .optional(),
    'How a range is found from the values that pass; `lsq`, `lsq+` and `pact` start from the least error and learn it in training. A module is an observer of your own (docs/own-algorithms.md). Default: the target’s.',
  ),
  quantizer: describe(
    module.optional(),
    'A quantizer of your own: a module that finds ranges, rounds, and says how gradients pass (docs/own-algorithms.md). It stands in for the observer.',
  ),
  range: describe(
    z
      .tuple([finite, finite])
      .refine(([min, max]) => min < max, 'expected the smaller end of the range first')
      .optional(),
    'Fixed real range, `[min, max]`; nothing is observed then.',
  ),
} as const;

const tensor = z.strictObject(tensorShape);

const override = z.strictObject({
  match: describe(
    z.union([
      z.string().min(1),
      z.strictObject({ name: describe(z.string().min(1), 'Glob on layer names.') }),
      z.strictObject({ class: describe(z.string().min(1), 'Class of the layers, such as `Dense`.') }),
      z.strictObject({
        position: describe(
          z.enum(['input', 'first', 'before-last', 'last']),
          'Layers by their place: the model’s inputs, its first and last layers with weights, what the last one reads.',
        ),
      }),
    ]),
    'The layers that this override is for: a glob on their names (`conv2d_*`), or `{ class: Dense }`.',
  ),
  skip: describe(z.boolean().optional(), 'The layer stays float, with QUANTIZE and DEQUANTIZE around it.'),
  weights: describe(tensor.optional(), 'Quantization of the weights of these layers.'),
  activations: describe(tensor.optional(), 'Quantization of the outputs of these layers.'),
});

const quantization = z.strictObject({
  scheme: describe(
    z.enum(['tflite-int8', 'tflite-int16x8', 'w4a8', 'w4a4', 'edge-tpu', 'tfmot-default-8bit']).optional(),
    'Settings to start from: `w4a8` and `w4a4` for 4-bit weights and activations with learned scales, or another’s. Default: the target’s.',
  ),
  recipe: describe(
    jsonFile.optional(),
    'A recipe of AI Edge Quantizer (JSON): which ops are quantized, and to how many bits. Ops that no rule names stay float, as they do there; `overrides` come after it.',
  ),
  encodings: describe(
    jsonFile.optional(),
    'An encodings file of AIMET (JSON), or of `quantlens export --format aimet`: scales of weights, ranges and bits of activations. What it lacks is calibrated. Training starts from its ranges.',
  ),
  ranges: describe(
    jsonFile.optional(),
    'Ranges of activations, as `quantlens export --format ranges` writes them: `{ "version": 1, "ranges": { "conv2d": [-1.5, 6] } }`. What it lacks is calibrated. Training starts from them.',
  ),
  weights: describe(tensor.prefault({}), 'Quantization of weights.'),
  activations: describe(tensor.prefault({}), 'Quantization of activations: inputs and outputs of ops.'),
  overrides: describe(
    z.array(override).default([]),
    'Other settings for some layers; where several match, the later one wins, key by key.',
  ),
});

const earlyStopping = z.strictObject({
  patience: describe(z.int().min(1).default(3), 'Epochs without a better validation score after which training ends.'),
  minDelta: describe(
    z.number().min(0).default(0),
    'How much better a score must be to count, in the unit of the metric: 0.001 of an accuracy is 0.1 points.',
  ),
});

const LOSSES = [
  'sparse-categorical-crossentropy',
  'binary-crossentropy',
  'mean-squared-error',
  'mean-absolute-error',
] as const;

/** Keys that training with and without quantization share; only the defaults differ. */
const trainingShape = (epochs: number, learningRate: number) => ({
  epochs: describe(z.int().min(1).default(epochs), 'Passes over the training data.'),
  batch: describe(z.int().min(1).default(64), 'Samples a step.'),
  optimizer: describe(z.enum(['adam', 'sgd']).default('adam'), 'Adam, or stochastic gradient descent with `momentum`.'),
  learningRate: describe(positive.default(learningRate), 'Size of a step, at the start of the schedule.'),
  momentum: describe(share.default(0.9), 'Momentum of `sgd`.'),
  schedule: describe(
    z.enum(['constant', 'cosine', 'step']).default('cosine'),
    'How the learning rate changes: not at all, along a half cosine to 0 at the end, or by `decayFactor` every `decayEvery` epochs. On CIFAR-10 the cosine ends QAT a point higher than a constant rate.',
  ),
  decayFactor: describe(z.number().positive().max(1).default(0.1), 'Factor of the schedule `step`.'),
  decayEvery: describe(z.int().min(1).default(1), 'Epochs between two steps of the schedule `step`.'),
  warmup: describe(z.number().min(0).default(0), 'Epochs, or a part of one, in which the learning rate rises from 0.'),
  weightDecay: describe(
    share.default(0),
    'Decoupled weight decay, as of AdamW: each step takes this share times `learningRate` from every kernel.',
  ),
  gradientClip: describe(
    positive.optional(),
    'Largest norm of the gradient of all weights together; a longer one is shortened to it.',
  ),
  loss: describe(
    z.enum(LOSSES).default('sparse-categorical-crossentropy'),
    'What training makes smaller. `binary-crossentropy` is for models that end in a sigmoid; the errors are for regression and autoencoders, whose targets are their inputs where the data has no labels.',
  ),
  labelSmoothing: describe(
    z.number().min(0).lt(1).default(0),
    'Share of each label that is spread over all classes (cross-entropy).',
  ),
  classWeights: describe(
    z.union([z.enum(['none', 'balanced']), z.array(z.number().min(0)).min(2)]).default('none'),
    'Weight of each class in the loss: a list of one number a class, or `balanced` for the inverse of how often each occurs.',
  ),
  earlyStopping: describe(earlyStopping.optional(), 'Ends training when the validation score gets no better.'),
  keep: describe(
    z.enum(['last', 'best']).default('last'),
    'Which weights training ends with: those after the last epoch, or those of the epoch with the best validation score.',
  ),
  checkpointEvery: describe(
    z.int().min(1).optional(),
    'Steps between two checkpoints within an epoch, besides the one after each; `train --resume` goes on from the last.',
  ),
  backend: describe(
    z.enum(['wasm', 'tensorflow']).default('wasm'),
    'What computes a step: the WebAssembly kernels of this program, or TensorFlow where the workspace has `@tensorflow/tfjs-node` or `@tensorflow/tfjs-node-gpu`.',
  ),
  seed: describe(
    z.int().min(0).max(0xffffffff).default(0),
    'Start of every random choice: order, augmentation, initial weights.',
  ),
});

const postTraining = z.strictObject({
  equalization: describe(
    z.boolean().default(false),
    'Evens out the weight ranges of layers that follow each other (cross-layer equalization); helps per-tensor weights.',
  ),
  adaptiveRounding: describe(
    z.boolean().default(false),
    'Rounds the weights of a layer together, by what its output becomes, rather than each to the nearest (AdaRound).',
  ),
  biasCorrection: describe(
    z.boolean().default(false),
    'Takes from each bias the mean by which rounding moves its layer’s output.',
  ),
});

const freeze = z.strictObject({
  batchNorm: describe(
    share.default(0.33),
    'Share of all steps after which batch norms stand still and are folded; 0 for the whole training.',
  ),
  observers: describe(share.default(0.66), 'Share of all steps after which the ranges of activations stand still.'),
});

const distillation = z.strictObject({
  weight: describe(
    share.default(0.5),
    'Share of the loss that compares with the float model’s answers; the rest compares with the labels.',
  ),
  temperature: describe(
    z.number().min(1).default(2),
    'Softens both answers before they are compared: above 1, the less likely classes count more.',
  ),
});

const training = z.strictObject({
  ...trainingShape(3, 1e-4),
  freeze: describe(freeze.prefault({}), 'When quantization-aware training stops adapting to what it sees.'),
  distillation: describe(
    distillation.optional(),
    'Also trains towards the answers of the float model (knowledge distillation; needs a softmax at the end).',
  ),
  damping: describe(
    z.number().min(0).default(0),
    'Pulls weights towards the codes that they oscillate about; 0 for none. Helps at 4 bits and below.',
  ),
  keepZeros: describe(
    z.boolean().default(false),
    'Kernel weights that are 0 in the float model stay 0: a pruned model keeps its sparsity.',
  ),
  reestimateBatchNorm: describe(
    z.int().min(0).default(0),
    'Batches of training data over which batch norms measure their statistics anew when they freeze; 0 keeps the running averages. Helps at 4 bits, where weights still jump.',
  ),
  validateInt8: describe(
    z.boolean().default(true),
    'Scores the integer model after each epoch too, beside the fake-quantized one.',
  ),
});
const floatShape = trainingShape(10, 1e-3);
const floatTraining = z.strictObject({
  ...floatShape,
  loss: describe(z.enum(LOSSES).optional(), 'What training makes smaller. Without it, what `training` does.'),
});

const gates = z.strictObject({
  maxDrop: describe(
    z.number().min(0).optional(),
    'The most that the int8 model may lose against float: points of accuracy or AUC (0.5 is half a point), of an error its own unit.',
  ),
  worstScore: describe(
    finite.optional(),
    'The worst score that the int8 model may have, in the unit of the metric: 0.85 for at least 85 % of accuracy; an error may be at most this.',
  ),
  maxParityGap: describe(
    z.number().min(0).optional(),
    'The most that the fake-quantized and the int8 score may differ after training, in the unit of `maxDrop`.',
  ),
  minEqualAnswers: describe(
    share.optional(),
    'The least share of validation samples on which the fake-quantized and the int8 model give one answer after training: 0.98 for 98 %.',
  ),
  maxFileSize: describe(positive.optional(), 'The largest `.tflite` of the int8 model, in KiB.'),
});

export const configSchema = z
  .strictObject({
    model: describe(
      z.string().min(1),
      'The Keras model, relative to this config: a `.keras`, `.h5` or `.json` file, or a function or variable of a Python file as `model.py:build_model`.',
    ),
    weights: describe(
      z.string().min(1).optional(),
      'File of weights (`.h5`, `.keras`, `.weights.h5`) for a model that has none of its own.',
    ),
    layers: describe(
      z.record(z.string().min(1), module).default({}),
      'Layers of your own: the class that a model names, and the module that says its shape and the ops it is made of (docs/own-algorithms.md).',
    ),
    target: describe(
      z
        .union([
          z.enum(['tflite-int8', 'tflite-int16x8', 'tflite-micro', 'edge-tpu', 'tfmot-default-8bit']),
          z
            .string()
            .regex(/\.(ya?ml|json)$/i)
            .meta({ title: 'a .yaml or .json file' }),
        ])
        .default('tflite-int8'),
      'What the quantized model must run on; it decides which ops, bits and scales there are. A `.yaml` or `.json` file describes a target of your own (docs/targets.md).',
    ),
    kernels: describe(
      z.enum(['reference', 'xnnpack', 'tflite-micro']).default('reference'),
      'Whose arithmetic scores the integer models (docs/simulator.md): LiteRT’s reference kernels, its default on x86-64 with XNNPACK, or TensorFlow Lite Micro’s. Every score names it. Activations of fewer than 8 bits are scored by the set `narrow`, whatever is said here.',
    ),
    data: describe(data.prefault({}), 'Data to train, calibrate and measure on.'),
    quantization: describe(quantization.prefault({}), 'How the model is quantized, where the target leaves a choice.'),
    postTraining: describe(
      postTraining.prefault({}),
      'What post-training quantization does to the weights before it rounds them; quantization-aware training starts from the float model.',
    ),
    floatTraining: describe(
      floatTraining.optional(),
      'Trains the model without quantization first; needed where the model has no weights.',
    ),
    training: describe(training.prefault({}), 'Quantization-aware training.'),
    metric: describe(
      z.enum(['accuracy', 'auc', 'mean-squared-error', 'mean-absolute-error']).optional(),
      'What the validation data is scored by. Without it: `accuracy` for a cross-entropy loss, the loss itself otherwise. `auc` (area under the ROC curve) needs labels of 0 and 1; an autoencoder is scored by its reconstruction error, a sigmoid by its output.',
    ),
    gates: describe(
      gates.prefault({}),
      'What the int8 model must reach: one that is missed is said, and the command ends with exit code 1. That of `train` is the QAT model, that of `quantize` the post-training one.',
    ),
  })
  .meta({
    title: 'QuantLens quantization config',
    description: 'How QuantLens quantizes, trains and measures a Keras model.',
  });

/** A config with its defaults filled in. */
export type QuantConfig = z.output<typeof configSchema>;
export type DataSource = z.output<typeof source>;
export type CalibrationSource = z.output<typeof calibration>;
export type Preprocessing = z.output<typeof preprocessing>;
export type Augmentation = z.output<typeof augmentation>;
/** What float and quantization-aware training share. */
export type TrainingSettings = Omit<
  QatSettings,
  'freeze' | 'distillation' | 'damping' | 'keepZeros' | 'reestimateBatchNorm' | 'validateInt8'
>;
export type QatSettings = z.output<typeof training>;
export type Gates = QuantConfig['gates'];
export type MetricName = NonNullable<QuantConfig['metric']>;
export type Override = z.output<typeof override>;
export type TensorChoices = z.output<typeof tensor>;
