// What TFMOT 0.8.1's `quantize_model` accepts with its default scheme: `Default8BitQuantizeRegistry`,
// `Default8BitQuantizeLayoutTransform` and `QuantizeAwareActivation`, read from their source and checked by running them
// (`test/oracles/tfmot_cases.py`, `tfmot_corpus.py`). Classes that are not here are refused.

import type { LayerSupport, LayerTarget } from './target.ts';

const quantized: LayerSupport = { kind: 'quantized' };
const passThrough: LayerSupport = { kind: 'pass-through' };
const rewritten: LayerSupport = { kind: 'rewritten' };

/**
 * Its patterns compare classes by regular expressions such as `^Conv2D|DepthwiseConv2D$`, which match every class whose
 * name starts with `Conv2D`: a Conv2DTranspose counts as a convolution.
 */
const beforeBatchNorm: LayerSupport = {
  kind: 'only-after',
  after: ['Conv2D', 'Conv2DTranspose', 'DepthwiseConv2D', 'SeparableConv1D', 'SeparableConv2D', 'Dense'],
};

export const TFMOT_DEFAULT_8BIT: LayerTarget = {
  level: 'layer',
  name: 'tfmot-default-8bit',
  title: 'TFMOT quantize_model, default 8-bit scheme',
  source: 'tensorflow-model-optimization 0.8.1, python/core/quantization/keras/default_8bit',
  activationBits: [8],
  weightBits: [8],
  layers: {
    InputLayer: passThrough,
    Conv2D: quantized,
    Conv2DTranspose: quantized,
    DepthwiseConv2D: quantized,
    Dense: quantized,
    SeparableConv1D: rewritten,
    SeparableConv2D: rewritten,
    BatchNormalization: beforeBatchNorm,
    SyncBatchNormalization: beforeBatchNorm,
    ReLU: quantized,
    LeakyReLU: quantized,
    Activation: quantized,
    Softmax: passThrough,
    Add: quantized,
    Concatenate: quantized,
    UpSampling2D: quantized,
    AveragePooling1D: quantized,
    AveragePooling2D: quantized,
    GlobalAveragePooling1D: quantized,
    GlobalAveragePooling2D: quantized,
    GlobalAveragePooling3D: quantized,
    MaxPooling2D: passThrough,
    GlobalMaxPooling1D: passThrough,
    GlobalMaxPooling2D: passThrough,
    GlobalMaxPooling3D: passThrough,
    Cropping1D: passThrough,
    Cropping2D: passThrough,
    Cropping3D: passThrough,
    ZeroPadding1D: passThrough,
    ZeroPadding2D: passThrough,
    ActivityRegularization: passThrough,
    Dropout: passThrough,
    SpatialDropout1D: passThrough,
    SpatialDropout2D: passThrough,
    SpatialDropout3D: passThrough,
    Flatten: passThrough,
    Permute: passThrough,
    Reshape: passThrough,
  },
  // QuantizeAwareActivation: by the function's `__name__`, for layers whose `activation=` is wrapped.
  argumentActivations: ['linear', 'relu', 'swish', 'silu', 'gelu', 'softmax', 'sigmoid', 'tanh'],
  // Default8BitActivationQuantizeConfig.
  layerActivations: ['linear', 'relu', 'relu6', 'swish', 'silu', 'gelu', 'softmax', 'sigmoid', 'tanh'],
};
